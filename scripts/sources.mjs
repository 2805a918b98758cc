// What steps and checks depend on, relative to the root.

/** Everything that the core is compiled from. */
export const RUST = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "clippy.toml",
  "crates/fields",
  "crates/kernels",
  "crates/config",
  "crates/data",
  "crates/encode",
  "crates/integer",
  "crates/network",
  "crates/quantization",
  "crates/training",
  "crates/io",
  "crates/session",
];
/** Everything that the TypeScript build reads. */
export const TYPESCRIPT = ["ts", "tsconfig.json", "package.json"];
