// npm pack: refuses a package without what npm run build makes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamps.mjs";

const BUILT = [
  "dist/index.js",
  "bindings/extras/pkg/spikelet-extras.wasm",
  "bindings/wasm/pkg/spikelet.js",
  "bindings/wasm/pkg/spikelet_bg.wasm",
  "bindings/wasm/pkg-threads/spikelet-threads.js",
  "bindings/wasm/pkg-threads/spikelet-threads_bg.wasm",
];

const missing = BUILT.filter((file) => !existsSync(join(ROOT, file)));
if (missing.length > 0) {
  process.stderr.write(`${missing.join(", ")} missing: run npm run build first\n`);
  process.exitCode = 1;
}
