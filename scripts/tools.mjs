// What has to be on the machine before anything can be built. Plain syntax: an old Node must get as far as the message.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT } from "./stamps.mjs";

const NODE = [20, 19];
const RUST = [1, 89];
const WASM_TARGET = "wasm32-unknown-unknown";

/** Ends the process with one sentence when a tool is missing; puts cargo on the PATH of everything that is started. */
export function checkTools() {
  if (isOlder(process.versions.node, NODE)) {
    fail(
      `Spikelet needs Node.js ${NODE.join(".")} or newer, this is ${process.versions.node}: install it from https://nodejs.org.`,
    );
  }
  const found = cargoVersion();
  if (found === undefined) {
    fail(
      "Spikelet needs Rust to build its core, and cargo was not found: install it from https://rustup.rs, then run this again.",
    );
  }
  if (isOlder(found, RUST)) {
    fail(`Spikelet needs Rust ${RUST.join(".")} or newer, cargo is ${found}: run \`rustup update stable\`.`);
  }
}

/**
 * Adds the compiler's WebAssembly target unless it is there.
 *
 * @returns {string | undefined} one sentence when that failed
 */
export function addWasmTarget() {
  if (hasWasmTarget()) return undefined;
  const command = `rustup target add ${WASM_TARGET}`;
  const { status, stderr } = spawnSync("rustup", ["target", "add", WASM_TARGET], { encoding: "utf8", cwd: ROOT });
  if (status === 0 && hasWasmTarget()) return undefined;
  const why = status === null ? "rustup was not found" : stderr.trim().split("\n").pop();
  return `The WebAssembly can't be built: Rust's target for it is missing, and \`${command}\` failed (${why}).`;
}

function hasWasmTarget() {
  const { status, stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", WASM_TARGET], {
    encoding: "utf8",
    cwd: ROOT,
  });
  return status === 0 && existsSync(stdout.trim());
}

/** Says what is wrong and ends the process. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function cargoVersion() {
  const direct = runCargo();
  if (direct !== undefined) return direct;
  const home = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin");
  if (!existsSync(home)) return undefined;
  process.env.PATH = `${home}${delimiter}${process.env.PATH || ""}`;
  return runCargo();
}

function runCargo() {
  const { status, stdout } = spawnSync("cargo", ["--version"], { encoding: "utf8" });
  const match = status === 0 ? /cargo (\d+\.\d+\.\d+)/.exec(stdout) : null;
  return match ? match[1] : undefined;
}

function isOlder(version, least) {
  const [major, minor] = version.split(".").map(Number);
  return major < least[0] || (major === least[0] && minor < least[1]);
}
