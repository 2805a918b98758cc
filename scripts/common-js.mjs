// The package's first entry as one CommonJS file, for Jest: Node itself requires the modules, and Jest can't. Beside it lies the decoder
// of PNG, which npm has as modules alone.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./stamps.mjs";

/** As deep in dist/ as the modules that look for addon and WebAssembly. */
const FOLDER = join(ROOT, "dist/cjs");

/** Packages that Jest can't require: what is used of them, and the packages that they contain then. */
const MODULES_ONLY = { "fast-png": { used: ["convertIndexedToRgb", "decode"], contains: ["iobuffer"] } };

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  conditions: ["node"],
  target: "node20",
  format: "cjs",
  logLevel: "error",
};

/** Bundles what tsc made of ts/; what it imports from other packages stays out. */
export async function buildCommonJs() {
  for (const [name, how] of Object.entries(MODULES_ONLY)) await buildPackage(name, how);
  await build({
    ...COMMON,
    entryPoints: ["dist/index.js"],
    outfile: join(FOLDER, "index.cjs"),
    packages: "external",
    plugins: [{ name: "modules-only", setup: redirect }],
    // Smaller, in lines that an uncaught error can print, with the names that its trace needs.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  writeFileSync(join(FOLDER, "index.d.cts"), 'export * from "../index.js";\n');
}

/** Lets the bundle require the files beside it. */
function redirect({ onResolve }) {
  onResolve({ filter: new RegExp(`^(?:${Object.keys(MODULES_ONLY).join("|")})$`) }, ({ path }) => {
    return { path: `./${path}.cjs`, external: true };
  });
}

/** Bundles what is used of a package under its licences. */
async function buildPackage(name, { used, contains }) {
  const licences = [name, ...contains].map(
    (one) => `${one}: ${readFileSync(join(ROOT, "node_modules", one, "LICENSE"), "utf8")}`,
  );
  await build({
    ...COMMON,
    stdin: { contents: `export { ${used.join(", ")} } from "${name}";`, resolveDir: ROOT },
    outfile: join(FOLDER, `${name}.cjs`),
    external: ["fflate"],
    minify: true,
    banner: { js: `/*\n${licences.join("\n")}*/` },
  });
}
