import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LICENCES = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense"];

interface Locked {
  version?: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
  link?: boolean;
}

const locked = Object.entries(lock.packages as Record<string, Locked>);
const installed = locked.filter(([path, { link }]) => path.startsWith("node_modules/") && link !== true);

/** Rust sources of a folder's crates. */
function filesBelow(folder: string): string[] {
  const below = join(ROOT, folder);
  const files = readdirSync(below, { recursive: true, encoding: "utf8" }).map((file) => join(below, file));
  return files.filter((file) => /[\\/]src[\\/].*\.rs$/.test(file));
}

const workflows = readdirSync(join(ROOT, ".github/workflows")).map((name) => {
  const text = readFileSync(join(ROOT, ".github/workflows", name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});

type Permissions = Record<string, "read" | "write">;

interface Workflow {
  on: Record<string, unknown>;
  permissions: Permissions;
  jobs: Record<string, { permissions?: Permissions; steps: { uses?: string; run?: string; with?: Record<string, unknown> }[] }>;
}

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

/** cargo-deny where `.ci/run` installs it, or where a developer has it. */
const deny = [join(ROOT, ".cache/cargo-deny/bin/cargo-deny"), "cargo-deny"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);

/** zizmor, which reads workflows, where `.ci/run` installs it. */
const zizmor = join(ROOT, ".cache/zizmor/bin/zizmor");

/** Lines of scripts and workflows that start a tool. */
function callsOf(tool: RegExp): string[] {
  const names = readdirSync(join(ROOT, "scripts")).filter((name) => name.endsWith(".mjs"));
  const scripts = names.map((name) => readFileSync(join(ROOT, "scripts", name), "utf8"));
  return [...scripts, ...workflows.map(({ text }) => text)].flatMap((text) => text.split("\n").filter((line) => tool.test(line)));
}

describe("what builds it", () => {
  it.each(workflows)("$name names its actions by hash", ({ workflow }) => {
    for (const { uses } of stepsOf(workflow)) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it.each(workflows)(
    "$name leaves no credential behind a checkout, and has no right beyond reading but in jobs of their own",
    (one) => {
      const { permissions, jobs } = one.workflow;
      expect(permissions).toEqual({ contents: "read" });
      for (const { uses, with: settings } of stepsOf(one.workflow)) {
        if (uses?.startsWith("actions/checkout@")) expect(settings).toMatchObject({ "persist-credentials": false });
      }
      for (const [name, job] of Object.entries(jobs)) {
        if (!Object.values(job.permissions ?? {}).includes("write")) continue;
        const ours = job.steps.filter(
          ({ uses, run }) => uses?.startsWith("actions/checkout@") || /\bnode |npm (ci|test|run)/.test(run ?? ""),
        );
        expect(ours, name).toEqual([]);
      }
    },
  );

  it("publishes in a job that may prove its identity, and do nothing else", () => {
    const { workflow } = workflows.find(({ name }) => name === "release.yml") ?? {};
    const jobs = Object.entries(workflow?.jobs ?? {});
    const publishing = jobs.filter(([, { steps }]) => steps.some(({ run }) => /npm publish/.test(run ?? "")));
    expect(publishing.map(([name, { permissions }]) => [name, permissions])).toEqual([["publish", { "id-token": "write" }]]);
    const others = jobs.filter(([name]) => name !== "publish").map(([, { permissions }]) => Object.keys(permissions ?? {}));
    expect(others.flat()).not.toContain("id-token");
  });

  it("installs Python packages by their hashes", () => {
    const pinned = ["test/exchange", "test/oracle", "scripts/requirements"].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith(".txt"))
        .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
    );
    expect(pinned).toHaveLength(5);
    for (const text of pinned) expect(text.match(/^\S+==.*(?<! \\)$/m)).toBeNull();
    const installs = workflows.flatMap(({ text }) => text.split("\n").filter((line) => /pip install/.test(line)));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toContain("--require-hashes -r ");
  });

  it("fuzzes with a compiler of one day", () => {
    const text = workflows.find(({ name }) => name === "fuzz.yml")?.text ?? "";
    expect(text).toMatch(/NIGHTLY: nightly-\d{4}-\d\d-\d\d/);
    expect(text.replace(/nightly-\d{4}-\d\d-\d\d/, "")).not.toMatch(/nightly/);
  });

  it.skipIf(deny === undefined)("crates have allowed licences and come from where they may (needs cargo-deny)", () => {
    const { status, stderr } = spawnSync(
      deny ?? "",
      ["--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    expect(status, stderr).toBe(0);
  });

  it.skipIf(!existsSync(zizmor))("workflows are whole, and give nothing away (needs node scripts/install-for-tests.mjs)", () => {
    const words = ["--offline", "--no-progress", "--quiet", "--strict-collection", ".github/workflows"];
    const { status, stdout, stderr } = spawnSync(zizmor, words, { cwd: ROOT, encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });

  it("asks daily what was found in dependencies", () => {
    const { workflow } = workflows.find(({ name }) => name === "supply.yml") ?? {};
    expect(workflow?.on).toMatchObject({ schedule: [{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }] });
    const commands = workflow === undefined ? [] : stepsOf(workflow).map(({ run }) => run);
    expect(commands).toEqual(expect.arrayContaining(["cargo deny --locked check", "npm audit --omit=dev"]));
  });

  it("runs no install scripts of npm packages", () => {
    const installs = callsOf(/"npm", \[how|npm ci/);
    expect(installs.length).toBeGreaterThan(1);
    for (const line of installs) expect(line).toContain("--ignore-scripts");
  });

  it("keeps to the lock file of the crates", () => {
    const calls = callsOf(/"cargo", \["(?!fmt)|cargo (build|test|install|check|deny) |\["(doc|build|test)", "--/);
    expect(calls.length).toBeGreaterThan(7);
    for (const line of calls) expect(line).toMatch(/--locked|"cargo", \["--version"\]/);
  });

  it("is what SECURITY.md says: every promise names what holds it, and that is there", () => {
    const promised = readFileSync(join(ROOT, "SECURITY.md"), "utf8").split("## What is not")[0] ?? "";
    const promises = promised.split(/^- /m).slice(1);
    expect(promises.length).toBeGreaterThan(5);
    for (const promise of promises) {
      const holders = [...(promise.split(/Held\s+by/)[1] ?? "").matchAll(/`([\w./-]+)`/g)].map(([, name = ""]) => name);
      expect(holders, promise).not.toEqual([]);
      for (const name of holders) {
        expect(existsSync(join(ROOT, name)) || workflows.some((workflow) => workflow.name === `${name}.yml`), name).toBe(true);
      }
    }
  });

  it("asks for the network where data are fetched, and in a page where an address or the WebAssembly is loaded", () => {
    const files = readdirSync(join(ROOT, "ts"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const asking = files.filter((file) =>
      /\bfetch\(|node:https?\b|node:net\b|XMLHttpRequest/.test(readFileSync(join(ROOT, "ts", file), "utf8")),
    );
    expect(asking.map((file) => file.replaceAll("\\", "/")).sort()).toEqual([
      "cli/download/download.ts",
      "io/files.browser.ts",
      "report/watch/server.node.ts",
      "report/watch/watch-page.ts",
      "runtime/wasm-compiled.ts",
    ]);
  });
});

describe("what is built in", () => {
  it.each(["dependencies", "devDependencies"] as const)("%s are exact versions", (kind) => {
    for (const [name, version] of Object.entries(manifest[kind])) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("every locked package has a checksum", () => {
    expect(installed.length).toBeGreaterThan(50);
    for (const [path, { integrity }] of installed) expect(integrity, path).toMatch(/^sha512-/);
  });

  it("only the package and its laboratory are linked, and nothing is installed twice for these", () => {
    const links = locked.filter(([, { link }]) => link).map(([path]) => path);
    expect(links).toEqual(["node_modules/spikelet", "node_modules/spikelet-research"]);
    expect(locked.filter(([path]) => path.startsWith("research/"))).toEqual([]);
  });

  it("every package that users install has a permissive licence", () => {
    for (const [path, { license, dev }] of installed) if (!dev) expect(LICENCES, path).toContain(license);
  });

  it("every crate forbids unsafe code, and the bindings write none but raw exports", () => {
    const roots = filesBelow("crates").filter((file) => /src[\\/](lib|main)\.rs$/.test(file));
    expect(roots.length).toBeGreaterThanOrEqual(5);
    for (const file of roots) expect(readFileSync(file, "utf8"), file).toContain("#![forbid(unsafe_code)]");
    const bindings = filesBelow("bindings");
    expect(bindings.length).toBeGreaterThan(5);
    const written = bindings.filter((file) => /\bunsafe\b/.test(readFileSync(file, "utf8")));
    expect(written.map((file) => file.replaceAll("\\", "/").replace(/.*bindings\//, ""))).toEqual([
      "extras/src/exports.rs",
      "infer/src/allocator.rs",
      "infer/src/exports.rs",
      "kernels/src/exports.rs",
    ]);
  });
});
