// The package's first entry as one CommonJS file, for Jest: Node itself requires the modules, and Jest can't.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./stamps.mjs";

/** As deep in dist/ as the modules that look for addon and WebAssembly. */
const FOLDER = join(ROOT, "dist/cjs");

/** Bundles what tsc made of ts/; what it imports from other packages stays out. */
export async function buildCommonJs() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["dist/index.js"],
    outfile: join(FOLDER, "index.cjs"),
    bundle: true,
    packages: "external",
    platform: "node",
    conditions: ["node"],
    target: "node20",
    format: "cjs",
    // Smaller, in lines that an uncaught error can print, with the names that its trace needs.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "error",
  });
  writeFileSync(join(FOLDER, "index.d.cts"), 'export * from "../index.js";\n');
}
