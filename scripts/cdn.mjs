// The package as modules that a page without a bundler imports from a CDN or a folder of its own: dist/cdn/spikelet.js, its workers and
// what they share. The WebAssembly stays where it lies in the package.
import { build } from "esbuild";
import { ROOT } from "./stamps.mjs";

/** Bundles what tsc made of ts/. */
export async function buildForCdn() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      spikelet: "dist/index.js",
      worker: "dist/runtime/worker.js",
      "worker-threads": "dist/runtime/worker-threads.js",
    },
    // As deep in dist/ as the modules that look for worker and WebAssembly.
    outdir: "dist/cdn",
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    inject: ["scripts/cdn-worker.mjs"],
    logLevel: "error",
  });
}
