// The WebAssembly and its JavaScript in bindings/wasm/pkg: by wasm-pack where it is installed, else by the library that it calls too
// (crates/wasm-build). Both compile with the profile `wasm` and give the same declarations, which are committed. Beside it a second
// module whose threads share its memory. The standard library is compiled along with either: for size, in one with atomics.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { run, StepFailed } from "./run.mjs";
import { addStandardSources, addTarget, sameEverywhere, standardSources } from "./rust.mjs";
import { ROOT } from "./stamps.mjs";
import { CRATE, PLAIN, WITH_THREADS } from "./wasm-declarations.mjs";
import { withoutNames } from "./wasm-sizes.mjs";

export const WASM_TARGET = "wasm32-unknown-unknown";

/** The first wasm-pack that knows profiles of one's own. */
const OLDEST_WASM_PACK = [0, 14];
/** The module with the names of its functions, as it was built last. */
export const NAMED_WASM = ".cache/spikelet.named.wasm";

/** Code whose atomic operations are atomic, and memory that several instances import. */
const SHARED_MEMORY = [
  "-Ctarget-feature=+atomics",
  "-Clink-arg=--shared-memory",
  "-Clink-arg=--import-memory",
  // That of a module without threads: 65,536 pages of 64 KiB.
  "-Clink-arg=--max-memory=4294967296",
  // What wasm-bindgen gives each thread its stack and its thread-local variables by.
  ...["__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base"].map((name) => `-Clink-arg=--export=${name}`),
];

/**
 * The standard library is made for nightly compilers only. What is compiled under this permission is set apart, since the build scripts of
 * some crates ask for it.
 */
const NIGHTLY = { RUSTC_BOOTSTRAP: "1" };

const remapped = (/** @type {string} */ sources) => `--remap-path-prefix=${sources}=/rust/std`;

/** A panic is a trap, without its message and place: these would be a tenth of what a page downloads. */
const TRAPS = ["-Zunstable-options", "-Cpanic=immediate-abort"];

const standardLibrary = (/** @type {string} */ crates) => [`-Zbuild-std=${crates}`, "-Zbuild-std-features=optimize_for_size"];

/**
 * What builds the WebAssembly on this machine.
 *
 * @returns {{ tool: "wasm-pack" | "library", version?: string, why: string }} `why`: in a few words
 */
export function wasmTool() {
  const { status, stdout } = spawnSync("wasm-pack", ["--version"], { encoding: "utf8", cwd: ROOT });
  if (status !== 0) return { tool: "library", why: "wasm-pack is not installed" };
  const version = /wasm-pack (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? "0.0.0";
  const [major, minor] = version.split(".").map(Number);
  const isOld = major === OLDEST_WASM_PACK[0] && minor < OLDEST_WASM_PACK[1];
  const oldest = OLDEST_WASM_PACK.join(".");
  if (isOld) return { tool: "library", why: `wasm-pack ${version} is too old, ${oldest} or newer is used` };
  return { tool: "wasm-pack", version, why: `wasm-pack ${version} is installed` };
}

/**
 * Builds it.
 *
 * @param {{ tool: "wasm-pack" | "library", folder?: string }} options folder of what is made, relative to the crate
 * @throws {StepFailed} where the compiler's target or the sources of the standard library are missing or a tool fails.
 */
export async function makeWasm({ tool, folder = PLAIN.folder }) {
  needs(addTarget(WASM_TARGET) ?? addStandardSources());
  const made = join(ROOT, CRATE, folder);
  await (tool === "wasm-pack" ? withWasmPack(folder) : withLibrary(made));
  // wasm-pack leaves one, and npm would leave out what it names.
  rmSync(join(made, ".gitignore"), { force: true });
  setNamesApart(join(made, `${PLAIN.name}_bg.wasm`));
  return made;
}

/**
 * Builds the module with threads beside it.
 *
 * @throws {StepFailed} where the sources of the standard library are missing or a tool fails.
 */
export async function makeWasmWithThreads() {
  needs(addStandardSources());
  const crate = ["--profile", "wasm", "--package", "spikelet-wasm", "--features", "threads", "--target", WASM_TARGET];
  const target = join(targetFolder(), "threads");
  const build = ["build", "--quiet", "--locked", ...crate, "--target-dir", target, ...(await forPages(SHARED_MEMORY))];
  await Promise.all([run("cargo", build, { isQuiet: true, environment: NIGHTLY }), buildGenerator()]);
  const { folder, name } = WITH_THREADS;
  const made = join(ROOT, CRATE, folder);
  await generate(join(target, WASM_TARGET, "wasm", "spikelet_wasm.wasm"), made, name);
  const module = join(made, `${name}_bg.wasm`);
  writeFileSync(module, withoutNames(readFileSync(module)));
}

/** The second module, of what pages rarely use. */
export const EXTRAS = "bindings/extras/pkg/spikelet-extras.wasm";

/**
 * Builds it, from what the first module is compiled of.
 *
 * @throws {StepFailed} where the compiler's target or the sources of the standard library are missing or a tool fails.
 */
export async function makeExtras() {
  needs(addTarget(WASM_TARGET) ?? addStandardSources());
  const crate = ["--profile", "wasm", "--package", "spikelet-extras-wasm", "--target", WASM_TARGET];
  const target = pageTarget();
  const build = ["build", "--quiet", "--locked", ...crate, "--target-dir", target, ...(await forPages())];
  await run("cargo", build, { isQuiet: true, environment: NIGHTLY });
  const named = readFileSync(join(target, WASM_TARGET, "wasm", "spikelet_extras_wasm.wasm"));
  mkdirSync(join(ROOT, dirname(EXTRAS)), { recursive: true });
  writeFileSync(join(ROOT, EXTRAS), withoutNames(named));
}

/** Folders of the modules with raw exports. */
export const RAW_MODULES = { infer: "bindings/infer/pkg", kernels: "bindings/kernels/pkg" };

const SIMD = "-Ctarget-feature=+simd128,+bulk-memory";

/**
 * Builds the module that only runs networks, and a JavaScript module with it in base64, so that a page can begin without waiting.
 *
 * @returns {Promise<number>} its bytes
 */
export async function makeInfer() {
  needs(addStandardSources());
  const flags = [SIMD, ...TRAPS, remapped(standardSources())];
  return writeRawModule("infer", await makeRawModule("infer", standardLibrary("core,alloc"), flags, NIGHTLY));
}

/**
 * Builds the module that measures kernels, and a JavaScript module with it in base64.
 *
 * @returns {Promise<number>} its bytes
 */
export async function makeKernels() {
  needs(addTarget(WASM_TARGET));
  return writeRawModule("kernels", await makeRawModule("kernels", [], [SIMD], {}));
}

/**
 * @param {keyof typeof RAW_MODULES} name
 * @param {string[]} words of cargo
 * @param {string[]} flags of the compiler
 * @param {Record<string, string>} environment
 */
async function makeRawModule(name, words, flags, environment) {
  const crate = ["--profile", "infer", "--package", `spikelet-${name}-wasm`, "--target", WASM_TARGET];
  const target = join(targetFolder(), "infer");
  const build = [
    "build",
    "--quiet",
    "--locked",
    ...words,
    ...crate,
    "--target-dir",
    target,
    ...(await sameEverywhere(WASM_TARGET, flags)),
  ];
  await run("cargo", build, { isQuiet: true, environment });
  return withoutNames(readFileSync(join(target, WASM_TARGET, "infer", `spikelet_${name}_wasm.wasm`)));
}

/**
 * Writes a module by DEFLATE: digits of base64 hide what repeats from the packing of a server.
 *
 * @param {keyof typeof RAW_MODULES} name
 * @param {Uint8Array} module
 */
function writeRawModule(name, module) {
  const packed = deflateRawSync(module, { level: 9 });
  const folder = join(ROOT, RAW_MODULES[name]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "module.js"), `export default "${Buffer.from(packed).toString("base64")}";\n`);
  return module.length;
}

function needs(problem) {
  if (problem !== undefined) throw new StepFailed(`The WebAssembly can't be built: ${problem}`);
}

/** Names of functions are for profiles and `npm run size`; in what ships they would be 7 % of the packed size. */
function setNamesApart(module) {
  const named = readFileSync(module);
  const nameless = withoutNames(named);
  if (nameless.length === named.length) return;
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  writeFileSync(join(ROOT, NAMED_WASM), named);
  writeFileSync(module, nameless);
}

/** What makes a module small beside its profile. */
async function forPages(/** @type {string[]} */ flags = []) {
  return [...standardLibrary("std"), ...(await sameEverywhere(WASM_TARGET, [...flags, ...TRAPS, remapped(standardSources())]))];
}

/** wasm-bindgen's options are in the crate's Cargo.toml. */
async function withWasmPack(folder) {
  const options = ["--target", "web", "--profile", "wasm", "--no-pack", "--no-opt"];
  const place = ["--out-name", PLAIN.name, "--out-dir", folder];
  const words = ["build", CRATE, ...options, ...place, "--", "--locked", ...(await forPages())];
  return run("wasm-pack", words, { isQuiet: true, environment: NIGHTLY });
}

/** The module and the program that makes its JavaScript share no crates, so that they compile side by side. */
async function withLibrary(folder) {
  const target = pageTarget();
  const crate = ["--profile", "wasm", "--package", "spikelet-wasm", "--target", WASM_TARGET];
  const build = ["build", "--quiet", "--locked", ...crate, "--target-dir", target, ...(await forPages())];
  await Promise.all([run("cargo", build, { isQuiet: true, environment: NIGHTLY }), buildGenerator()]);
  await generate(join(target, WASM_TARGET, "wasm", "spikelet_wasm.wasm"), folder, PLAIN.name);
}

/** The program that makes the JavaScript of a module. */
function buildGenerator() {
  const words = ["build", "--quiet", "--locked", "--profile", "tool", "--package", "spikelet-wasm-build"];
  return run("cargo", words, { isQuiet: true });
}

function generate(module, folder, name) {
  return run(join(targetFolder(), "tool", "spikelet-wasm-build"), [module, folder, name], { isQuiet: true });
}

/** Where what pages run is compiled. */
function pageTarget() {
  return join(targetFolder(), "page");
}

function targetFolder() {
  return process.env.CARGO_TARGET_DIR || join(ROOT, "target");
}
