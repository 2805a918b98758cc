// Makes the programs of this folder in research/dist; they import the built library by its name.
import { join } from "node:path";
import { build } from "esbuild";

const OUT = join(import.meta.dirname, "dist");

/** @returns the files of the programs, and of the list of experiments */
export async function buildResearch() {
  const source = (/** @type {string} */ name) => join(import.meta.dirname, name);
  await build({
    entryPoints: {
      main: source("main.ts"),
      pages: source("pages/main.ts"),
      firstTry: source("first-try/main.ts"),
      wholeNumbers: source("whole-numbers/main.ts"),
      robustness: source("robustness/main.ts"),
      catalogue: source("catalogue/index.ts"),
    },
    outdir: OUT,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
  const program = (/** @type {string} */ name) => join(OUT, `${name}.js`);
  return {
    main: program("main"),
    pages: program("pages"),
    firstTry: program("firstTry"),
    wholeNumbers: program("wholeNumbers"),
    robustness: program("robustness"),
    catalogue: program("catalogue"),
  };
}
