// The Rust that this clone is built with: what rust-toolchain.toml names.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./run.mjs";
import { ROOT } from "./stamps.mjs";

/** The pinned version, as rustup names it. */
export const PINNED = first(/^channel = "(.+)"$/m, "rust-toolchain.toml");
/** The oldest version that compiles the crates. */
export const OLDEST = first(/^rust-version = "(.+)"$/m, "Cargo.toml");

/** @returns {string | undefined} version of cargo; undefined where there is none, or only a rustup without the pinned toolchain. */
export function cargoVersion() {
  const { status, stdout } = spawnSync("cargo", ["--version"], { encoding: "utf8", cwd: ROOT });
  return status === 0 ? /cargo (\d+\.\d+\.\d+)/.exec(stdout)?.[1] : undefined;
}

/** Target of the machine, for which a compiler that is given none compiles. */
export function hostTarget() {
  const { stdout } = spawnSync("rustc", ["-vV"], { encoding: "utf8", cwd: ROOT });
  return /^host: (.+)$/m.exec(stdout)[1];
}

export function hasRustup() {
  return spawnSync("rustup", ["--version"], { cwd: ROOT }).status === 0;
}

/**
 * Installs a toolchain unless it is there.
 *
 * @param {string} version
 * @param {string[]} [components]
 * @returns {string | undefined} one sentence when that failed
 */
export function addToolchain(version, components = []) {
  const isThere = () => spawnSync("rustc", [`+${version}`, "--version"], { cwd: ROOT }).status === 0;
  if (isThere()) return undefined;
  process.stderr.write(`installing Rust ${version} …\n`);
  const options = ["--profile", "minimal", "--no-self-update", ...components.flatMap((name) => ["--component", name])];
  return withRustup(["toolchain", "install", version, ...options], isThere, `Rust ${version} is missing`);
}

/**
 * Adds the compiler's standard library for a target unless it is there.
 *
 * @param {string} target
 * @returns {string | undefined} one sentence when that failed
 */
export function addTarget(target) {
  const isThere = () => {
    const { status, stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", target], {
      encoding: "utf8",
      cwd: ROOT,
    });
    return status === 0 && existsSync(stdout.trim());
  };
  if (isThere()) return undefined;
  return withRustup(["target", "add", target], isThere, `Rust's target ${target} is missing`);
}

/**
 * Adds the sources of the standard library unless they are there.
 *
 * @returns {string | undefined} one sentence when that failed
 */
export function addStandardSources() {
  const isThere = () => existsSync(join(standardSources(), "library/Cargo.lock"));
  if (isThere()) return undefined;
  return withRustup(["component", "add", "rust-src"], isThere, "The sources of Rust's standard library are missing");
}

/** Folder of the sources of the standard library. */
export function standardSources() {
  const { stdout } = spawnSync("rustc", ["--print", "sysroot"], { encoding: "utf8", cwd: ROOT });
  return join(stdout.trim(), "lib/rustlib/src/rust");
}

/**
 * Options of cargo for what ships: it may name source files, but the folder of the crates is another on each machine, so that it is named as
 * the standard library names its own.
 *
 * @param {string} target that is compiled for
 * @param {readonly string[]} [flags] of the compiler
 */
export async function sameEverywhere(target, flags = []) {
  await run("cargo", ["fetch", "--quiet", "--locked", "--target", target], { isQuiet: true });
  const sources = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry/src");
  // There is none where crates are vendored.
  const folders = existsSync(sources) ? readdirSync(sources) : [];
  const renamed = folders.map((folder) => `--remap-path-prefix=${join(sources, folder)}=/rust/deps`);
  return ["--config", `target.${target}.rustflags=${JSON.stringify([...flags, ...renamed])}`];
}

/** Goes on with the default toolchain when it is of the pinned version, whatever its name. */
export function usesDefaultAsPinned() {
  const name = spawnSync("rustup", ["default"], { encoding: "utf8" }).stdout?.split(" ")[0] ?? "";
  const { stdout } = spawnSync("rustc", ["--version"], { encoding: "utf8", env: { ...process.env, RUSTUP_TOOLCHAIN: name } });
  if (name === "" || !stdout?.startsWith(`rustc ${PINNED} `)) return false;
  process.env.RUSTUP_TOOLCHAIN = name;
  return true;
}

function withRustup(words, isThere, problem) {
  const { status, stderr } = spawnSync("rustup", words, { encoding: "utf8", cwd: ROOT });
  if (status === 0 && isThere()) return undefined;
  const why = status === null ? "rustup was not found" : stderr.trim().split("\n").pop();
  return `${problem}, and \`rustup ${words.join(" ")}\` failed (${why}).`;
}

function first(pattern, file) {
  const found = pattern.exec(readFileSync(join(ROOT, file), "utf8"));
  if (found?.[1] === undefined) throw new Error(`${file} has no line ${pattern}`);
  return found[1];
}
