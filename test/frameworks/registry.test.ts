// The packages in a registry, as a user gets them once they are published.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { nodeOf } from "../../scripts/nodes.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { type Registry, startRegistry } from "./registry.js";

const execute = promisify(execFile);
const node = nodeOf("22.23.3") ?? "";
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
const NEXT = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1));
/** Bytes that `npm install spikelet` may put on the disk of one platform. */
const MAX_INSTALLED = 13_600_000;

describe.skipIf(!hasFrameworks() || node === "")("from a registry (needs node scripts/install-for-tests.mjs)", () => {
  let folder: string;
  let registry: Registry;
  const npm = (cwd: string, ...words: string[]) => execute("npm", words, { cwd, env: registry.environment });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-published-"));
    registry = await startRegistry(node);
    await publishDependencies();
    const packed = join(folder, "packed");
    await execute(process.execPath, ["scripts/release.mjs", "bindings/node", packed, "--only-there"], { cwd: ROOT });
    for (const name of await tarballsIn(packed)) await publish(join(packed, name));
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const publish = (what: string) => npm(folder, "publish", "--ignore-scripts", what);

  /** What the workflow `release` publishes, in its order. */
  async function tarballsIn(packed: string): Promise<string[]> {
    const names = await readdir(packed);
    const kinds = [/^spikelet-binding-/, /^spikelet-\d/, /^create-spikelet-/];
    return kinds.flatMap((kind) => names.filter((name) => kind.test(name)));
  }

  /** The packages that Spikelet depends on, as they are installed. */
  async function publishDependencies(): Promise<void> {
    const modules = join(inject("sharedPackage").installed, "node_modules");
    const names = await readdir(modules);
    for (const name of names.filter((one) => !one.startsWith(".") && one !== "spikelet")) {
      const copy = join(folder, "dependencies", name);
      await cp(join(modules, name), copy, { recursive: true });
      await publish(copy);
    }
  }

  async function project(name: string): Promise<string> {
    const path = join(folder, name);
    await mkdir(path);
    await npm(path, "init", "-y");
    return path;
  }

  it("npm create spikelet makes a project that installs, and learns", async () => {
    await npm(folder, "create", "--yes", "spikelet", "app", "--", "--starter", "node");
    const app = join(folder, "app");
    await npm(app, "install");
    const { stdout } = await npm(app, "start");
    expect(Number(/^accuracy (\S+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(0.9);
  });

  it("npm install spikelet brings the addon of this platform alone, and at most 13.6 MB", async () => {
    const path = await project("installed");
    await npm(path, "install", "spikelet");
    const bindings = await readdir(join(path, "node_modules/@spikelet"));
    expect(bindings).toHaveLength(1);
    const { stdout } = await execute(process.execPath, ["node_modules/spikelet/dist/cli/main.js", "info", "--json"], {
      cwd: path,
    });
    expect(JSON.parse(stdout)).toMatchObject({ backend: { kind: "native" } });
    expect(await bytesBelow(join(path, "node_modules"))).toBeLessThan(MAX_INSTALLED);
  });

  it("a project of this version takes the next one, and goes on with its checkpoint", async () => {
    const path = await project("upgraded");
    await npm(path, "install", `spikelet@^${VERSION}`);
    await writeFile(join(path, "train.mjs"), TRAIN);
    const before = await execute(process.execPath, ["train.mjs"], { cwd: path });
    await publishNext();
    await npm(path, "update", "spikelet");
    const { version } = JSON.parse(await readFile(join(path, "node_modules/spikelet/package.json"), "utf8"));
    expect(version).toBe(NEXT);
    const after = await execute(process.execPath, ["train.mjs"], { cwd: path });
    expect(before.stdout).toMatch(/^began: \d/);
    expect(after.stdout).toBe(before.stdout.replace("began", "went on"));
  });

  /** Publishes the same packages under the next version. */
  async function publishNext(): Promise<void> {
    const packed = join(folder, "packed");
    for (const name of (await tarballsIn(packed)).slice(0, 2)) {
      const next = await mkdtemp(join(folder, "next-"));
      await execute("tar", ["xzf", join(packed, name), "-C", next]);
      const manifest = join(next, "package/package.json");
      await writeFile(manifest, (await readFile(manifest, "utf8")).replaceAll(`"${VERSION}"`, `"${NEXT}"`));
      await publish(join(next, "package"));
    }
  }
});

/** Trains and keeps a checkpoint, or goes on from it; prints what the network answers. */
const TRAIN = `
import { existsSync } from "node:fs";
import { createTrainer, datasets, encode, load, restoreTrainer, save } from "spikelet";
const data = (await datasets.yinYang({ seed: 1, samples: 700 })).encode(encode.latency({ last: 24, skipZero: false }));
const layers = [{ type: "dense", units: 20 }, { type: "dense", units: 3 }];
const isThere = existsSync("kept.safetensors");
const config = { network: { input: 5, steps: 40, neuron: { threshold: 0.1 }, layers }, training: { epochs: 1, seed: 1 } };
const trainer = isThere ? await restoreTrainer(await load("kept.safetensors")) : await createTrainer(config);
if (!isThere) {
  await trainer.run(data);
  await save("kept.safetensors", await trainer.checkpoint());
}
const { loss } = await trainer.evaluate(data);
console.log(isThere ? "went on:" : "began:", loss);
`;

/** Bytes of all files of a folder. */
async function bytesBelow(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
