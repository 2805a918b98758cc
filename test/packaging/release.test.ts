import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { blocksOf } from "../docs/blocks.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);

/** What a new user does after the README's example: looks, keeps, loads again, and takes the weights elsewhere and back. */
const AFTERWARDS = `
import { createNetwork, exportWeights, importWeights, load, restoreTrainer } from "spikelet";
import { spikeRaster } from "spikelet/plot";

const some = test.slice(0, 4);
const before = await trainer.predict(some);
const input = await some.events({ steps: 100 });
await save("raster.svg", spikeRaster(before, { sample: 0, input, inputUnits: 4, units: [64, 3] }));
using again = await restoreTrainer(await load("gestures.safetensors"));
const after = await again.predict(some);
await save("weights.npz", exportWeights(again, { format: "npz" }));
using elsewhere = await createNetwork({ ...again.config, training: { ...again.config.training, seed: 99 } });
await importWeights(elsewhere, await load("weights.npz"));
const exchanged = await elsewhere.predict(some);
console.log(JSON.stringify({
  backend: again.backend.kind,
  reason: again.backend.reason,
  same: [after, exchanged].map(({ byFirstSpike }) => String(before.byFirstSpike) === String(byFirstSpike)),
  spikes: before.layers[0]?.times.length,
}));
`;

/** Packs into a folder and rehearses publishing, with a registry that nothing can reach. */
function release(folder: string, environment: Record<string, string>) {
  const env = { ...process.env, npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0", ...environment };
  return execute(process.execPath, ["scripts/release.mjs", "bindings/node", folder, "--only-there", "--rehearse"], {
    cwd: ROOT,
    env,
  });
}

describe("what is published", () => {
  let folder: string;
  let rehearsal: string[];
  let tarballs: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-release-"));
    const { stdout } = await release(folder, { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "some/where" });
    rehearsal = stdout.split("\n").filter((line) => line.startsWith("+ "));
    const names = (await readdir(folder)).sort();
    tarballs = [...names.filter((name) => name.startsWith("spikelet-")), ...names.filter((name) => name.startsWith("create-"))];
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is the package, without an addon, one package for each platform, and the starters", async () => {
    expect(tarballs).toEqual([
      expect.stringMatching(/^spikelet-[\d.]+\.tgz$/),
      expect.stringMatching(/^spikelet-binding-[\w-]+-[\d.]+\.tgz$/),
      expect.stringMatching(/^create-spikelet-[\d.]+\.tgz$/),
    ]);
    const [main, binding, starters] = await Promise.all(
      tarballs.map((tarball) => execute("tar", ["tzf", join(folder, tarball)])),
    );
    expect(main?.stdout).toContain("package/bindings/wasm/pkg/spikelet_bg.wasm");
    expect(main?.stdout).not.toMatch(/\.node$/m);
    expect(binding?.stdout).toMatch(/\.node$/m);
    for (const starter of ["node", "react", "page"]) expect(starters?.stdout).toContain(`package/starters/${starter}/`);
  });

  it("passes a rehearsal of publishing: npm takes every package, after those that it needs", async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(rehearsal).toHaveLength(3);
    expect(rehearsal[0]).toMatch(/^\+ @spikelet\/binding-[\w-]+@/);
    expect(rehearsal.slice(1)).toEqual([`+ spikelet@${version}`, `+ create-spikelet@${version}`]);
  });

  it("is refused at a tag of another version", async () => {
    const elsewhere = join(folder, "tagged");
    const failed = release(elsewhere, { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v9.9.9" });
    await expect(failed).rejects.toThrow(/the tag is v9\.9\.9, package\.json has the version/);
  });

  it("leaves out what nobody needs: comments of JavaScript, declarations of no entry, names in the addon", async () => {
    const unpacked = await Promise.all(tarballs.slice(0, 2).map(unpack));
    const [main = "", binding = ""] = unpacked;
    const files = await readdir(join(main, "dist"), { recursive: true });
    expect(files).toEqual(expect.arrayContaining(["network.d.ts", "io/files.browser.d.ts", "cjs/index.d.cts"]));
    expect(files.filter((file) => /^plot[\\/]marks/.test(file))).toEqual([join("plot", "marks.js")]);
    const read = (file: string) => readFile(join(main, "dist", file), "utf8");
    expect(await read("network.d.ts")).toContain("/**");
    expect(await read("network.js")).not.toContain("/**");
    expect(await read("datasets/digits.js"), "bundlers would look for a package").toContain("@vite-ignore");
    const addon = (await readdir(binding)).find((name) => name.endsWith(".node")) ?? "";
    expect(addon).not.toBe("");
    const text = await readFile(join(binding, addon), "latin1");
    if (process.platform === "linux") expect(text).not.toContain("spikelet_kernels");
    const places = [ROOT, join(homedir(), ".cargo"), join("registry", "src")].filter((place) => text.includes(place));
    expect(places, "the addon names folders of the machine that built it").toEqual([]);
  });

  /** Unpacks a tarball; its folder. */
  async function unpack(tarball: string): Promise<string> {
    const into = await mkdtemp(join(folder, "unpacked-"));
    await execute("tar", ["xzf", join(folder, tarball), "-C", into]);
    return join(into, "package");
  }

  it("carries its licences and those of the crates in it, no source maps, and is small", async () => {
    const lists = await Promise.all(tarballs.map((tarball) => execute("tar", ["tzf", join(folder, tarball)])));
    const texts = ["LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt"].map((text) => `package/${text}`);
    for (const { stdout } of lists.slice(0, 2)) expect(stdout.split("\n")).toEqual(expect.arrayContaining(texts));
    expect(lists[2]?.stdout.split("\n")).toEqual(expect.arrayContaining(texts.slice(0, 2)));
    expect(lists[0]?.stdout).not.toMatch(/\.map$/m);
    const index = await readFile(join(await unpack(tarballs[0] ?? ""), "dist", "index.js"), "utf8");
    expect(index, "bundlers would look for a map").not.toContain("sourceMappingURL");
    expect((await stat(join(folder, tarballs[0] ?? ""))).size).toBeLessThan(1_937_000);
  });

  it("has a README whose links work where there are no other files", async () => {
    const { stdout } = await execute("tar", ["xzOf", join(folder, tarballs[0] ?? ""), "package/README.md"]);
    const links = [...stdout.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !/^(https:\/\/|#)/.test(link))).toEqual([]);
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const own = links.filter((link) => link.startsWith("https://git.example/"));
    expect(own.length).toBeGreaterThan(20);
    for (const link of own) {
      const [, kind, path = ""] = new RegExp(`^https://git.example/some/where/(blob|raw)/v${version}/([^#]+)`).exec(link) ?? [];
      expect(kind, link).toBe(/\.(webp|svg|png)$/.test(path) ? "raw" : "blob");
      expect(existsSync(join(ROOT, path)), link).toBe(true);
    }
    const description = await execute("tar", ["xzOf", join(folder, tarballs[0] ?? ""), "package/package.json"]);
    const { repository, workspaces } = JSON.parse(description.stdout);
    expect(repository).toEqual({ type: "git", url: "git+https://git.example/some/where.git" });
    expect(workspaces).toBeUndefined();
  });

  it("is built on every platform by the workflow", async () => {
    const read = async (path: string) => readFile(join(ROOT, path), "utf8");
    const { jobs } = parse(await read(".github/workflows/release.yml"));
    const targets = jobs.addon.strategy.matrix.include.map(({ target }: { target: string }) => target);
    expect(targets.sort()).toEqual(JSON.parse(await read("package.json")).napi.targets.sort());
  });

  it("satisfies publint and arethetypeswrong", async () => {
    const tarball = join(folder, tarballs[0] ?? "");
    await execute(process.execPath, [join(ROOT, "node_modules/publint/src/cli.js"), "run", "--strict", tarball], { cwd: ROOT });
    const attw = join(ROOT, "node_modules/@arethetypeswrong/cli/dist/index.js");
    await execute(process.execPath, [attw, tarball, "--config-path", join(ROOT, ".attw.json")], { cwd: ROOT });
  });

  it("takes a new user from installing to a figure and a network that was kept", async () => {
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await execute("npm", ["install", ...quiet, ...tarballs.slice(0, 2).map((name) => `./${name}`)], { cwd: folder });
    const [example] = blocksOf(await readFile(join(ROOT, "README.md"), "utf8")).filter(({ language }) => language === "ts");
    const program = `${example?.text.replace("epochs: 10", "epochs: 1")}${AFTERWARDS}`;
    const { outputText } = ts.transpileModule(program, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    await writeFile(join(folder, "example.mjs"), outputText);
    const { stdout } = await execute(process.execPath, ["example.mjs"], { cwd: folder });
    const found = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(found).toEqual({
      backend: "native",
      reason: "the addon for this machine is there",
      same: [true, true],
      spikes: expect.any(Number),
    });
    expect(found.spikes).toBeGreaterThan(10);
    expect(await readFile(join(folder, "raster.svg"), "utf8")).toMatch(/^<svg/);
    const cli = join(folder, "node_modules/spikelet/dist/cli/main.js");
    expect((await execute(process.execPath, [cli, "info"], { cwd: folder })).stdout).toContain("native");
  });
});
