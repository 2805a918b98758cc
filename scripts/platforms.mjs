// Compilers and systems other than this machine's, as far as it can check them.
import { run } from "./run.mjs";
import { addTarget, addToolchain, OLDEST } from "./rust.mjs";
import { skipCheck } from "./skips.mjs";

const packages = (names) => names.flatMap((name) => ["--package", `spikelet-${name}`]);
/** What knows no host, so that its tests run on any. */
const NO_HOST = ["kernels", "config", "data", "encode", "network", "training", "io"];
const PURE = packages(NO_HOST);
/** What is compiled for every system; the rest are tools of this clone. */
const CRATES = packages([...NO_HOST, "session", "node"]);
const WASI = "wasm32-wasip1";

/** Compiles for a system whose linker is missing here: types and conditions are checked, nothing is linked. */
export async function checkTarget(target) {
  const problem = addTarget(target);
  if (problem !== undefined) return skipCheck(target, problem);
  await run("cargo", ["check", "--quiet", "--locked", ...CRATES, "--target", target]);
}

/** Compiles with the oldest Rust that Cargo.toml promises. */
export async function checkOldestRust() {
  const problem = addToolchain(OLDEST);
  if (problem !== undefined) return skipCheck("oldest-rust", problem);
  const environment = { RUSTUP_TOOLCHAIN: OLDEST };
  await run("cargo", ["check", "--quiet", "--locked", ...CRATES, "--package", "spikelet-wasm"], { environment });
}

/** The Rust tests as WebAssembly, in Node. */
export async function testWasi() {
  const problem = addTarget(WASI);
  if (problem !== undefined) return skipCheck("wasi", problem);
  await run("cargo", ["test", "--quiet", "--locked", ...PURE, "--target", WASI]);
}
