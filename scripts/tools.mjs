// What has to be on the machine before anything can be built. Plain syntax: an old Node must get as far as the message.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { addToolchain, cargoVersion, hasRustup, OLDEST, PINNED, usesDefaultAsPinned } from "./rust.mjs";
import { ROOT } from "./stamps.mjs";

/**
 * Ends the process with one sentence when a tool is missing; installs the pinned Rust where rustup is; puts cargo on the PATH of everything
 * that is started.
 */
export function checkTools() {
  const node = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).engines.node.replace(">=", "");
  if (isOlder(process.versions.node, node)) {
    fail(`Spikelet needs Node.js ${node} or newer, this is ${process.versions.node}: install it from https://nodejs.org.`);
  }
  const found = cargoVersion() || cargoInHome();
  if (found === undefined) {
    fail(
      "Spikelet needs Rust to build its core, and cargo was not found: install it from https://rustup.rs, then run this again.",
    );
  }
  if (isOlder(found, OLDEST)) {
    fail(`Spikelet needs Rust ${OLDEST} or newer, cargo is ${found}: run \`rustup toolchain install ${PINNED}\`.`);
  }
}

/** Says what is wrong and ends the process. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** A shell that was open when rustup was installed does not know where it is; and rustup may lack the pinned version. */
function cargoInHome() {
  const home = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin");
  if (existsSync(home)) process.env.PATH = `${home}${delimiter}${process.env.PATH || ""}`;
  if (!hasRustup()) return cargoVersion();
  const problem = addToolchain(PINNED, ["rustfmt", "clippy"]);
  if (problem !== undefined && !usesDefaultAsPinned()) {
    fail(`${problem} To build with another version: RUSTUP_TOOLCHAIN=stable npm start.`);
  }
  return cargoVersion();
}

function isOlder(version, oldest) {
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldest.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
