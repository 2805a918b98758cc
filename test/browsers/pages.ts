import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { build } from "vite";
import { copyWasm } from "../browser/bundles.js";
import { serve } from "../browser/serve.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const TRAINING = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>loading</title>
<script type="module" src="page.js"></script>`;

/** The demo and the page of a training, served. */
export interface Pages extends AsyncDisposable {
  readonly url: string;
  /** Address of the pages, cross-origin isolated. */
  readonly isolated: string;
  /** Where they lie on the disk. */
  readonly folder: string;
}

export async function buildPages(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-browsers-"));
  const configFile = join(ROOT, "demo/vite.config.mjs");
  await build({ configFile, logLevel: "error", build: { outDir: folder, reportCompressedSize: false } });
  await esbuild({
    absWorkingDir: ROOT,
    entryPoints: {
      page: "test/browsers/page.mjs",
      worker: "dist/runtime/worker.js",
      "worker-threads": "dist/runtime/worker-threads.js",
    },
    alias: { spikelet: join(ROOT, "dist/index.js") },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    logLevel: "error",
  });
  await copyWasm(ROOT, folder);
  await writeFile(join(folder, "training.html"), TRAINING);
  const servers = [await serve(folder), await serve(folder, { isolated: true })];
  const [url = "", isolated = ""] = servers.map((server) => server.url);
  return {
    url,
    isolated,
    folder,
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
