import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { QUIET } from "./shared-package.js";

const execute = promisify(execFile);

/** A project with the tarball of this package installed, as a user has it. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs Node in the project; what it printed. */
  node(args: string[], environment?: Record<string, string>): Promise<string>;
}

/**
 * Makes a project of one test file; its group needs the global set-up `test/support/shared-package.ts`.
 *
 * @param options.init whether `npm init -y` and `npm install` make the project, as a user would; without it its files are ES modules.
 * @param options.packages further npm packages; needs `init`.
 */
export async function packedProject({
  init = false,
  packages = [],
}: {
  init?: boolean;
  packages?: readonly string[];
} = {}): Promise<PackedProject> {
  const { tarball, files, installed } = inject("sharedPackage");
  const folder = await mkdtemp(join(tmpdir(), "spikelet-project-"));
  if (init) {
    await execute("npm", ["init", "-y"], { cwd: folder });
    await execute("npm", ["install", ...QUIET, tarball, ...packages], { cwd: folder });
  } else {
    await cp(installed, folder, { recursive: true });
  }
  return {
    folder,
    files,
    async node(args, environment = {}) {
      const { stdout } = await execute(process.execPath, args, { cwd: folder, env: { ...process.env, ...environment } });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
