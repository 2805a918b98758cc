import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { TestProject } from "vitest/node";

const configFile = fileURLToPath(new URL("../../demo/vite.config.mjs", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the built demo. */
    demoFolder: string;
  }
}

/** Builds the demo once for all tests of a run; `inject("demoFolder")` is its folder. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-demo-"));
  await build({ configFile, logLevel: "error", build: { outDir: folder, reportCompressedSize: false } });
  provide("demoFolder", folder);
  return () => rm(folder, { recursive: true, force: true });
}
