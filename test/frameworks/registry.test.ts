// The packages in a registry, as a user gets them once they are published.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { nodeOf } from "../../scripts/nodes.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { complaintsOf, launchChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";
import { inFrameworks } from "./project.js";
import { type Published, publishHere } from "./published.js";

const execute = promisify(execFile);
const node = nodeOf("22.23.3") ?? "";
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
const NEXT = VERSION.replace(/\d+$/, (patch) => String(Number(patch) + 1));
/** Bytes that `npm install spikelet` may put on the disk of one platform. */
const MAX_INSTALLED = 12_000_000;

describe.skipIf(!hasFrameworks() || node === "")("from a registry (needs node scripts/install-for-tests.mjs)", () => {
  let published: Published;
  beforeAll(async () => {
    published = await publishHere(node);
  });
  afterAll(() => published?.[Symbol.asyncDispose]());

  it("npm create spikelet makes a project that installs, and learns", async () => {
    const app = await created("node");
    const { stdout } = await published.npm(app, "start");
    expect(accuracyIn(stdout)).toBeGreaterThanOrEqual(0.9);
  });

  it("npm create spikelet makes a page that installs, is built, and learns in Chromium", async () => {
    await published.publishInstalled(inFrameworks(""), ["react", "react-dom", "vite", "@vitejs/plugin-react"]);
    const app = await created("react");
    await published.npm(app, "run", "build");
    await using served = await serve(join(app, "dist"));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.goto(served.url);
      await page.getByRole("button", { name: "Train" }).click();
      const shown = await page.locator("pre", { hasText: /recording|Error/ }).textContent();
      expect(complaints).toEqual([]);
      expect(accuracyIn(shown ?? "")).toBeGreaterThanOrEqual(0.9);
    } finally {
      await browser.close();
    }
  });

  /** Makes a project of a starter and installs what it needs; its folder. */
  async function created(starter: string): Promise<string> {
    await published.npm(published.folder, "create", "--yes", "spikelet", starter, "--", "--starter", starter);
    const app = join(published.folder, starter);
    await published.npm(app, "install");
    return app;
  }

  it("npm install spikelet brings the addon of this platform alone, and at most 12 MB", async () => {
    const path = await published.project("installed");
    await published.npm(path, "install", "spikelet");
    const bindings = await readdir(join(path, "node_modules/@spikelet"));
    expect(bindings).toHaveLength(1);
    const { stdout } = await execute(process.execPath, ["node_modules/spikelet/dist/cli/main.js", "info", "--json"], {
      cwd: path,
    });
    expect(JSON.parse(stdout)).toMatchObject({ backend: { kind: "native" } });
    expect(await bytesBelow(join(path, "node_modules"))).toBeLessThan(MAX_INSTALLED);
  });

  it("a project of this version takes the next one, and goes on with its checkpoint", async () => {
    const path = await published.project("upgraded");
    await published.npm(path, "install", `spikelet@^${VERSION}`);
    await writeFile(join(path, "train.mjs"), TRAIN);
    const before = await execute(process.execPath, ["train.mjs"], { cwd: path });
    await publishNext();
    await published.npm(path, "update", "spikelet");
    const { version } = JSON.parse(await readFile(join(path, "node_modules/spikelet/package.json"), "utf8"));
    expect(version).toBe(NEXT);
    const after = await execute(process.execPath, ["train.mjs"], { cwd: path });
    expect(before.stdout).toMatch(/^began: \d/);
    expect(after.stdout).toBe(before.stdout.replace("began", "went on"));
  });

  /** Publishes the same packages under the next version. */
  async function publishNext(): Promise<void> {
    for (const tarball of published.tarballs) {
      const next = await mkdtemp(join(published.folder, "next-"));
      await execute("tar", ["xzf", tarball, "-C", next]);
      const manifest = join(next, "package/package.json");
      await writeFile(manifest, (await readFile(manifest, "utf8")).replaceAll(`"${VERSION}"`, `"${NEXT}"`));
      await published.publish(join(next, "package"));
    }
  }
});

const accuracyIn = (text: string): number => Number(/^accuracy (\S+)$/m.exec(text)?.[1]);

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
