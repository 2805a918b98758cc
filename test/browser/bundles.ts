import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { createServer, type InlineConfig, build as viteBuild } from "vite";
import { ISOLATION } from "../../scripts/isolation.mjs";
import type { Served } from "./serve.js";

const html = (script: string) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>loading</title>
<script type="module" src="${script}"></script>`;

/** Puts the page of the tests into a project, as a user would write it. */
export async function writePage(folder: string): Promise<void> {
  const tests = fileURLToPath(new URL("..", import.meta.url));
  for (const file of ["browser/page.mjs", "parity/extras.mjs", "parity/runs.mjs", "parity/stream.mjs", "parity/training.mjs"]) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await copyFile(join(tests, file), join(folder, file));
  }
  await writeFile(join(folder, "index.html"), html("./browser/page.mjs"));
}

function viteConfig(root: string): InlineConfig {
  return {
    root,
    base: "./",
    configFile: false,
    logLevel: "error",
  };
}

export async function buildWithVite(project: string): Promise<string> {
  const outDir = join(project, "vite");
  await viteBuild({ ...viteConfig(project), build: { outDir, reportCompressedSize: false } });
  return outDir;
}

/** Builds a page with nothing but the library. */
export function buildLibrary(project: string): Promise<string> {
  return buildPage(project, "library.mjs");
}

/** Builds a page of one file of this folder, which imports nothing but packages. */
export async function buildPage(project: string, file: string): Promise<string> {
  const folder = join(project, basename(file, ".mjs"));
  await mkdir(folder);
  await copyFile(fileURLToPath(new URL(file, import.meta.url)), join(folder, file));
  await writeFile(join(folder, "index.html"), html(`./${file}`));
  return buildWithVite(folder);
}

export async function serveWithViteDev(project: string): Promise<Served> {
  const server = await createServer({ ...viteConfig(project), server: { host: "127.0.0.1", port: 0, headers: ISOLATION } });
  await server.listen();
  return { url: server.resolvedUrls?.local[0] ?? "", [Symbol.asyncDispose]: () => server.close() };
}

/** esbuild follows no `new URL(…)`: worker and WebAssembly are given to it, and their addresses to the library. */
export async function buildWithEsbuild(project: string): Promise<string> {
  const outdir = join(project, "esbuild");
  await mkdir(outdir);
  await esbuild({
    absWorkingDir: project,
    entryPoints: { page: "browser/page.mjs", worker: "spikelet/worker", "worker-threads": "spikelet/worker-threads" },
    outdir,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    logLevel: "error",
  });
  await copyWasm(join(project, "node_modules/spikelet"), outdir);
  await writeFile(join(outdir, "index.html"), html("./page.js"));
  return outdir;
}

/** Copies the WebAssembly of a package, each by the name that the package exports. */
export async function copyWasm(from: string, to: string): Promise<void> {
  const { exports } = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as { exports: Record<string, string> };
  const modules = Object.entries(exports).filter(([name]) => name.endsWith(".wasm"));
  for (const [name, file] of modules) await copyFile(join(from, file), join(to, name));
}

/** Builds a page that {@link buildPage} has written with esbuild, and the module of the microphone beside it. */
export async function buildPageWithEsbuild(project: string, file: string): Promise<string> {
  const folder = basename(file, ".mjs");
  const outdir = join(project, `${folder}-esbuild`);
  await esbuild({
    absWorkingDir: project,
    entryPoints: { page: `${folder}/${file}`, "microphone-worklet": "spikelet/microphone-worklet" },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    logLevel: "error",
  });
  await writeFile(join(outdir, "index.html"), html("./page.js"));
  return outdir;
}

/** Bytes after gzip of all files with that ending, but for those whose names `without` matches. */
export async function packedSize(folder: string, ending: string, without?: RegExp): Promise<number> {
  const all = await readdir(folder, { recursive: true });
  const files = all.filter((file) => file.endsWith(ending) && without?.test(file) !== true);
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(folder, file)), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
