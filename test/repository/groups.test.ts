import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TestModule } from "vitest/node";
import { GROUPS, inputsOf } from "../../scripts/groups.mjs";
import { filesImportedBy } from "../../scripts/imports.mjs";
import { filesIn, ROOT } from "../../scripts/stamps.mjs";
import { passedProjects } from "../support/outcomes.js";

const inputs = new Map<string, Set<string>>();
for (const name of Object.keys(GROUPS)) inputs.set(name, new Set(filesIn(await inputsOf(name))));

/** Groups that run again when a file changes. */
const concerned = (file: string): string[] => [...inputs].filter(([, files]) => files.has(file)).map(([name]) => name);

describe("groups of tests", () => {
  it("are the folders of test/ that have tests", () => {
    const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.test\.ts$/.test(file),
    );
    const folders = new Set(files.map((file) => file.split(/[\\/]/)[0]));
    expect(new Set(Object.entries(GROUPS).map(([name, { folder = name }]) => folder))).toEqual(folders);
  });

  it("run again when what they read changes", () => {
    const all = Object.keys(GROUPS);
    expect(concerned("test/api/training.test.ts")).toEqual(["api", "repository"]);
    expect(concerned("test/golden/rules.ndjson")).toEqual(["c", "golden", "golden-wasm", "parity", "repository"]);
    expect(concerned("docs/learn/getting-started.md")).toEqual(["docs", "promises", "repository", "site"]);
    expect(concerned("crates/training/src/lib.rs")).not.toContain("backends");
    expect(concerned("bindings/node/index.js")).toEqual(all.filter((name) => GROUPS[name]?.needs.includes("addon")));
    expect(concerned("test/support/patience.ts")).toEqual(all);
    expect(concerned("ts/encode.ts")).toEqual(all);
    expect(concerned("ts/cli/app.ts")).not.toContain("golden");
    expect(concerned("ts/cli/app.ts")).toEqual(expect.arrayContaining(["cli", "sweep", "unit"]));
    expect(concerned("demo/race/training.ts")).toEqual(["browser", "browsers", "repository", "unit"]);
  });

  it("read nothing that is not there", () => {
    const named = Object.values(GROUPS).flatMap(({ reads = [] }) => reads.map((path) => path.replace(/^!/, "")));
    expect(named.filter((path) => filesIn([path]).length === 0)).toEqual([]);
  });
});

it("imports are followed through aliases, types and calls, not into packages", async () => {
  const files = await filesImportedBy(["ts/cli/app.ts"]);
  expect(files).toEqual(
    expect.arrayContaining(["ts/cli/app.ts", "ts/cli/commands/train.ts", "ts/runtime/native.ts", "ts/datasets/digits.ts"]),
  );
  expect(files.filter((file) => /node_modules|^dist|\.browser\.ts$/.test(file))).toEqual([]);
});

describe("the outcome of a group", () => {
  const module = (name: string, isGood: boolean, skipped: string[] = []) =>
    ({
      project: { name },
      ok: () => isGood,
      relativeModuleId: `test/${name}/a.test.ts`,
      children: { allTests: () => skipped.map((fullName) => ({ fullName, result: () => ({ state: "skipped" }) })) },
    }) as unknown as TestModule;

  it("is that of all its files, and of no other's", () => {
    const modules = [module("api", true), module("unit", true), module("unit", false), module("plot", true)];
    expect(passedProjects(modules, false)).toEqual(["api", "plot"]);
  });

  it("is a failure on a build machine where a test was skipped", () => {
    const modules = [module("api", true), module("unit", true, ["has no reason"])];
    expect(passedProjects(modules, false)).toEqual(["api", "unit"]);
    expect(passedProjects(modules, true)).toEqual(["api"]);
  });
});
