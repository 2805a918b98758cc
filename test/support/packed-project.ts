import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);

/** An empty project with the tarball of this package installed, as a user has it. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs Node in the project; what it printed. */
  node(args: string[], environment?: Record<string, string>): Promise<string>;
}

/**
 * @param options.init whether `npm init -y` makes the project, as a user would; without it its files are ES modules.
 * @param options.packages further npm packages.
 */
export async function packedProject({
  init = false,
  packages = [],
}: {
  init?: boolean;
  packages?: readonly string[];
} = {}): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-project-"));
  const packed = await execute("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT });
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  if (init) await execute("npm", ["init", "-y"], { cwd: folder });
  else await writeFile(join(folder, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  const quiet = ["--prefer-offline", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  await execute("npm", ["install", ...quiet, `./${filename}`, ...packages], { cwd: folder });
  return {
    folder,
    files: files.map(({ path }) => path),
    async node(args, environment = {}) {
      const { stdout } = await execute(process.execPath, args, { cwd: folder, env: { ...process.env, ...environment } });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
