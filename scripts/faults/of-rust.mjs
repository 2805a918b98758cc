// Faults in what the Rust code computes.

/**
 * One term of Adam by a reciprocal, where a condition holds: other bits, and as exact.
 *
 * @param {string} condition
 */
const reciprocalWhere = (condition) => ({
  file: "crates/kernels/src/optimizer.rs",
  find: "- (m * splat(self.rate)) / ((v * splat(self.second_scale)).sqrt() + splat(self.epsilon));",
  put: `- {
                let (step, size) = (m * splat(self.rate), (v * splat(self.second_scale)).sqrt() + splat(self.epsilon));
                if ${condition} { step * (splat(1.0) / size) } else { step / size }
            };`,
});

const GRADIENT_SIGN = {
  what: "The gradient of a loss has the wrong sign.",
  file: "crates/training/src/loss/count.rs",
  find: "per_unit.push((scale * error) as f32);",
  put: "per_unit.push((-scale * error) as f32);",
};

/** @type {readonly import("./list.mjs").Fault[]} */
export const FAULTS_OF_RUST = [
  {
    name: "bit-at-avx2",
    what: "A kernel rounds differently at one SIMD level.",
    ...reciprocalWhere("S::f32s::LEN == 8"),
    suite: "core",
    narrow: { package: "spikelet-kernels", words: ["--test", "parity", "sums::"] },
    says: "updates_are_the_plain_loops",
  },
  {
    name: "gradient-sign",
    ...GRADIENT_SIGN,
    suite: "core",
    narrow: { package: "spikelet-training", words: ["--test", "golden"] },
    says: "golden",
  },
  {
    name: "byte-of-an-error",
    what: "An error about a recording names another byte than the one at fault.",
    file: "crates/io/src/aer.rs",
    find: "let offset = index * EVENT_LENGTH;",
    put: "let offset = index;",
    suite: "cargo",
    narrow: { package: "spikelet-io", words: ["--lib", "aer::"] },
    says: "errors_name_the_byte",
  },
  {
    name: "bit-on-arm64",
    what: "A kernel rounds differently on arm64 alone.",
    ...reciprocalWhere('cfg!(target_arch = "aarch64")'),
    suite: "arm64",
    says: "strictly deep-equal",
  },
  {
    name: "quiet-units-run-on",
    what: "Units that can no longer fire are simulated to the end: the same bits by more instructions.",
    file: "crates/kernels/src/quiet.rs",
    find: "const CALM: f32 = 0.999;",
    put: "const CALM: f32 = 0.0;",
    suite: "instructions",
    says: "counts differ by more than",
  },
  {
    name: "larger-webassembly",
    what: "The WebAssembly is compiled for speed where it is cold, and a page has more to download.",
    file: "Cargo.toml",
    find: '[profile.wasm]\ninherits = "release"\nlto = "fat"\nopt-level = "z"',
    put: '[profile.wasm]\ninherits = "release"\nlto = "fat"\nopt-level = 3',
    suite: "size",
    builds: ["wasm"],
    says: "gzipped, more than",
  },
  {
    name: "bit-at-avx2-in-the-addon",
    what: "The addon learns other bits at one SIMD level.",
    ...reciprocalWhere("S::f32s::LEN == 8"),
    suite: "parity",
    narrow: { vitest: "test/parity/digest.test.ts" },
    builds: ["addon"],
    says: "avx2",
  },
  {
    name: "gradient-sign-in-the-addon",
    ...GRADIENT_SIGN,
    suite: "golden",
    narrow: { vitest: "test/golden/golden.test.ts" },
    builds: ["addon"],
    says: "golden cases through the public API",
  },
  {
    name: "lesser-in-webassembly",
    what: "An operation on vectors takes its arguments in the wrong order, in WebAssembly alone.",
    file: "crates/kernels/src/lanes.rs",
    find: "core::arch::wasm32::f32x4_pmax(b, a)",
    put: "core::arch::wasm32::f32x4_pmin(b, a)",
    suite: "golden-wasm",
    narrow: { vitest: "test/golden/golden.test.ts" },
    builds: ["wasm"],
    says: "golden cases through the public API",
  },
  {
    name: "ranks-in-another-order",
    what: "Ranks of MPI take their parts of a batch in another order than that in which they are summed.",
    file: "crates/session/src/mpi.rs",
    find: "rank: world.rank() as usize, size: world.size() as usize",
    put: "rank: (world.size() - 1 - world.rank()) as usize, size: world.size() as usize",
    suite: "mpi",
    narrow: { vitest: "test/mpi/mpi.test.ts", test: "gives the bits of one process on 3 ranks" },
    says: "gives the bits of one process on 3 ranks",
  },
];
