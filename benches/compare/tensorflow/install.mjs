// TensorFlow.js from npm, in .cache: no part of the package needs it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../scripts/run.mjs";
import { ROOT } from "../../../scripts/stamps.mjs";

export const VERSION = "4.22.0";
/** Where it is installed. */
export const TENSORFLOW = join(ROOT, ".cache/compare/tensorflow", VERSION);
const PACKAGES = ["core", "layers", "backend-cpu", "backend-wasm"].map((name) => `@tensorflow/tfjs-${name}`);

export async function installTensorFlow() {
  if (PACKAGES.every((name) => existsSync(join(TENSORFLOW, "node_modules", name)))) return;
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", "--prefix", TENSORFLOW, ...quiet, ...PACKAGES.map((name) => `${name}@${VERSION}`)]);
}
