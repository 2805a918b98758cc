import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { stageMain } from "../../scripts/stage.mjs";

const execute = promisify(execFile);

/** The tarball of this package with the addon in it, and a project with nothing but it installed. */
export interface SharedPackage {
  readonly tarball: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Folder of the project, to be copied. */
  readonly installed: string;
}

declare module "vitest" {
  interface ProvidedContext {
    sharedPackage: SharedPackage;
  }
}

/** What the projects of one run of Vitest share, each of which loads this module by itself. */
const shared = globalThis as { spikeletPackage?: Promise<SharedPackage & { folder: string }> };

async function made(): Promise<SharedPackage & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-package-"));
  const staged = stageMain(folder, [], { withAddon: true });
  const packed = await execute("npm", ["pack", "--json", "--pack-destination", folder, staged]);
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  const [tarball, installed] = [join(folder, filename), join(folder, "installed")];
  await mkdir(installed);
  await writeFile(join(installed, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  await execute("npm", ["install", ...QUIET, tarball], { cwd: installed });
  return { folder, tarball, files: files.map(({ path }) => path), installed };
}

/** Options of `npm install`. */
export const QUIET = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

/** Packs and installs once for all tests of a run; `inject("sharedPackage")` is the result. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  shared.spikeletPackage ??= made();
  const { folder, ...rest } = await shared.spikeletPackage;
  provide("sharedPackage", rest);
  return () => rm(folder, { recursive: true, force: true });
}
