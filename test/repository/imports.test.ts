import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DIRECTLY_BELOW } from "../../.dependency-cruiser.mjs";
import { ROOT } from "../../scripts/stamps.mjs";

/** Modules of a clone, with what each imports. */
const MODULES: Record<string, string> = {
  "ts/errors.ts": "",
  "ts/lost.ts": 'import "./errors.js";',
  "ts/io/bytes.ts": 'export * from "./wav.js";',
  "ts/io/wav.ts": 'import type { bytes } from "./bytes.js";',
  "ts/json.ts": 'import "../research/main.js";',
  "ts/runtime/load.node.ts": 'import "./native.js"; import "../network.js";',
  "ts/runtime/load.browser.ts": 'import "./native.js"; import "./wasm.js"; import "../spikes.js";',
  "ts/runtime/native.ts": 'import "node:module"; import type * as Addon from "../../bindings/node/index.js";',
  "ts/runtime/wasm.ts": 'import * as wasm from "#wasm";',
  "ts/runtime/worker.ts": 'import "comlink";',
  "ts/encode.ts": 'import type { Trainer } from "./trainer.js";',
  "ts/spikes.ts": 'import "#host/runtime/load"; import { load } from "./runtime/load.node.js";',
  "ts/network.ts": 'import "#host/runtime/load"; await import("node:fs");',
  "ts/trainer.ts": 'import "./network.js"; import "../bindings/node/index.js"; import "#wasm"; import "comlink";',
  "ts/health/warning.ts": 'import "./watch.js";',
  "ts/health/watch.ts": 'import "../errors.js";',
  "ts/index.ts": 'export * from "./trainer.js";',
  "ts/cli/app.ts": 'import "../index.js"; import "node:path"; import "../runtime/load.browser.js";',
  "research/main.ts": 'import "spikelet"; import "../ts/trainer.js";',
  "demo/main.ts": 'import "spikelet"; import "../dist/index.js"; import "spikelet/dist/index.js";',
};

describe("an import that is not allowed", () => {
  let clone: string;

  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), "spikelet-imports-"));
    for (const [file, text] of Object.entries(MODULES)) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      writeFileSync(join(clone, file), text);
    }
    const settings = [".dependency-cruiser.mjs", "package.json", "tsconfig.json", "tsconfig.check.json", "tsconfig.page.json"];
    for (const file of settings) copyFileSync(join(ROOT, file), join(clone, file));
  });
  afterAll(() => rmSync(clone, { recursive: true }));

  /** What is wrong in some folders: `rule: importing → imported`. */
  function findings(tsconfig: string, ...folders: string[]): Set<string> {
    const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
    const args = ["--ts-config", tsconfig, "--output-type", "json", ...folders];
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: clone, encoding: "utf8" });
    expect(stderr).toBe("");
    const { summary } = JSON.parse(stdout) as ICruiseResult;
    return new Set(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`));
  }

  const OF_BOTH = [
    "encode: ts/encode.ts → ts/trainer.ts",
    "health/warning: ts/health/warning.ts → ts/health/watch.ts",
    "named-here: ts/lost.ts → ts/errors.ts",
    "no-circles: ts/io/bytes.ts → ts/io/wav.ts",
    "runtime: ts/runtime/load.node.ts → ts/network.ts",
    "runtime: ts/runtime/load.browser.ts → ts/spikes.ts",
    "either-host: ts/spikes.ts → ts/runtime/load.node.ts",
    "page-not-node: ts/runtime/load.browser.ts → ts/runtime/native.ts",
    "node-not-page: ts/cli/app.ts → ts/runtime/load.browser.ts",
    "library-alone: ts/json.ts → research/main.ts",
    "public-entries: research/main.ts → ts/trainer.ts",
    "only-in-node: ts/network.ts → fs",
    "only-native: ts/trainer.ts → ../bindings/node/index.js",
    "only-wasm: ts/trainer.ts → #wasm",
    "only-worker: ts/trainer.ts → comlink",
  ];

  it("is refused in Node", () => {
    expect(findings("tsconfig.check.json", "ts", "research")).toEqual(
      new Set([...OF_BOTH, "no-circles: ts/network.ts → ts/runtime/load.node.ts"]),
    );
  });

  it("is refused in a page", () => {
    expect(findings("tsconfig.page.json", "ts", "demo")).toEqual(
      new Set([
        ...OF_BOTH,
        "no-circles: ts/network.ts → ts/runtime/load.browser.ts",
        "no-circles: ts/runtime/load.browser.ts → ts/spikes.ts",
        "public-entries: demo/main.ts → ../dist/index.js",
        "public-entries: demo/main.ts → spikelet/dist/index.js",
      ]),
    );
  });
});

it("the arrow names files and folders that are there", () => {
  const files = readdirSync(join(ROOT, "ts"), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const names = new Set(files.flatMap((file) => [file, file.split(".")[0] ?? ""]));
  expect(Object.keys(DIRECTLY_BELOW).filter((name) => !names.has(name))).toEqual([]);
});
