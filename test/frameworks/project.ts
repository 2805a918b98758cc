import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { FRAMEWORKS } from "../../scripts/frameworks.mjs";

const execute = promisify(execFile);

/** No framework tells anybody that it was used, nor writes its lines in colours. */
const QUIET = { NEXT_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", CI: "1" };

/** A project that finds the frameworks, and has the tarball of this package installed. */
export interface FrameworkProject extends AsyncDisposable {
  readonly folder: string;
  /** Runs a program in the project; what it printed. */
  run(program: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
}

/** Environment of what a project runs. */
export const ENVIRONMENT = { ...process.env, ...QUIET };

/** Path of a file of an installed framework. */
export function inFrameworks(path: string): string {
  return join(FRAMEWORKS, "node_modules", path);
}

/**
 * Makes a project of files.
 *
 * @param files their texts by path
 */
export async function frameworkProject(files: Record<string, string>): Promise<FrameworkProject> {
  const projects = join(FRAMEWORKS, "projects");
  await mkdir(projects, { recursive: true });
  const folder = await mkdtemp(join(projects, "project-"));
  await cp(join(inject("sharedPackage").installed, "node_modules"), join(folder, "node_modules"), { recursive: true });
  for (const [path, text] of Object.entries({ "package.json": '{ "private": true }', ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    folder,
    run: (program, ...args) => execute(program, args, { cwd: folder, env: ENVIRONMENT }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
