// npm run digest: trains the runs of test/parity/runs.mjs on every backend of Node and compares the bits with test/parity/digest.json;
// -- --renew writes them there instead.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refusalOf } from "../test/parity/renewal.mjs";
import { StepFailed } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";

const COMMITTED = join(ROOT, "test", "parity", "digest.json");

await main(async () => {
  await setUp();
  const { trainingDigest } = await import("../test/parity/training.mjs");
  const native = await trainingDigest({ backend: "native" });
  const wasm = await trainingDigest({ backend: "wasm" });
  if (JSON.stringify(native) !== JSON.stringify(wasm)) {
    throw new StepFailed(`native and WebAssembly differ: ${JSON.stringify({ native, wasm })}`);
  }
  const text = `${JSON.stringify(native, null, 2)}\n`;
  if (process.argv.includes("--renew")) {
    const refusal = refusalOf(JSON.parse(readFileSync(COMMITTED, "utf8")), native);
    if (refusal !== undefined) throw new StepFailed(refusal);
    writeFileSync(COMMITTED, text);
  }
  if (readFileSync(COMMITTED, "utf8") !== text) {
    throw new StepFailed(`other bits than test/parity/digest.json: ${text}If that is meant: npm run digest -- --renew`);
  }
  process.stdout.write(text);
});
