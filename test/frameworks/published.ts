import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/stamps.mjs";
import { startRegistry } from "./registry.js";

const execute = promisify(execFile);

/** A registry on this machine with the packages of this clone in it, as the workflow `release` publishes them. */
export interface Published extends AsyncDisposable {
  readonly folder: string;
  /** Tarballs of the addon and of the package. */
  readonly tarballs: readonly string[];
  npm(cwd: string, ...words: string[]): Promise<{ stdout: string }>;
  /** Publishes a folder or a tarball. */
  publish(what: string): Promise<unknown>;
  /** Publishes installed packages and all that they depend on, as far as it is installed. */
  publishInstalled(modules: string, names: readonly string[]): Promise<void>;
  /** Makes a project with `npm init -y`; its folder. */
  project(name: string): Promise<string>;
}

/**
 * Packs, starts the registry and publishes.
 *
 * @param node a version of Node that the registry takes
 */
export async function publishHere(node: string): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-published-"));
  const packed = join(folder, "packed");
  // Before there is a registry, which would stay if it failed.
  await execute(process.execPath, ["scripts/release.mjs", "bindings/node", packed, "--only-there"], { cwd: ROOT });
  const registry = await startRegistry(node);
  const npm = (cwd: string, ...words: string[]) => execute("npm", words, { cwd, env: registry.environment });
  const publish = (what: string, ...words: string[]) => npm(folder, "publish", "--ignore-scripts", ...words, what);
  const there = new Set<string>();

  async function publishInstalled(modules: string, names: readonly string[]): Promise<void> {
    for (const name of names.filter((one) => existsSync(join(modules, one)))) {
      const { scripts: _, publishConfig: __, devDependencies: ___, ...manifest } = await manifestOf(join(modules, name));
      const copy = join(folder, "others", `${name}@${manifest.version}`);
      if (there.has(copy)) continue;
      there.add(copy);
      const isOwn = (path: string) => !path.startsWith(join(modules, name, "node_modules"));
      await cp(join(modules, name), copy, { recursive: true, filter: isOwn });
      await writeFile(join(copy, "package.json"), JSON.stringify(manifest));
      // Of two versions that are installed, the older may come last.
      await publish(copy, "--tag", "installed");
      const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
      for (const where of [join(modules, name, "node_modules"), modules]) await publishInstalled(where, needed);
    }
  }

  const files = await readdir(packed);
  const [addon = "", main = "", starters = ""] = [/^spikelet-binding-/, /^spikelet-\d/, /^create-spikelet-/].map((kind) => {
    return join(packed, files.find((name) => kind.test(name)) ?? "");
  });
  const { dependencies } = await manifestOf(ROOT);
  await publishInstalled(join(ROOT, "node_modules"), Object.keys(dependencies ?? {}));
  for (const tarball of [addon, main, starters]) await publish(tarball);
  return {
    folder,
    tarballs: [addon, main],
    npm,
    publish,
    publishInstalled,
    async project(name) {
      const path = join(folder, name);
      await mkdir(path);
      await npm(path, "init", "-y");
      return path;
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Manifest {
  readonly version: string;
  readonly scripts?: object;
  /** Could name another registry. */
  readonly publishConfig?: object;
  readonly devDependencies?: object;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
