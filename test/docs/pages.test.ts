import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { WRAPPED, wrapped } from "../../scripts/wrap.mjs";
import { parsePlan } from "../../ts/study/plan/plan.js";
import { checkCommandLine } from "../support/command-line.js";
import { ROOT, readGuides } from "./guides.js";

const guides = readGuides();

/** Stands in where a page shows other sections of a configuration. */
const NETWORK = { input: 784, steps: 10, layers: [10, 10].map((units) => ({ type: "dense" as const, units })) };

describe.each(guides)("$path", ({ path, markdown, blocks }) => {
  it("every block of code is run, read as JSON, or says why not", () => {
    const others = blocks.filter(({ isRun, language }) => isRun && !["ts", "sh", "json"].includes(language));
    expect(others.map(({ language, text }) => `${language}: ${text}`)).toEqual([]);
  });

  it("its configurations and plans are valid", async () => {
    for (const { language, text, isRun } of blocks) {
      if (language !== "json" || !isRun) continue;
      const { data, ...json } = JSON.parse(text);
      if ("settings" in json || "variants" in json) parsePlan({ ...json, config: {} });
      else (await createNetwork({ network: NETWORK, ...json })).dispose();
    }
  });

  it("its command lines are such that the commands take", async () => {
    const said = [...markdown.matchAll(/`(?:npx )?spikelet ([a-z][^`|]*)`/g)].map(([, line = ""]) => line);
    const shown = blocks.flatMap(({ text }) => [...text.matchAll(/^(?:npx )?spikelet ([^#\n]*)/gm)].map(([, line = ""]) => line));
    for (const line of [...said, ...shown]) {
      const words = line.replaceAll(/[<>…]/g, "").replaceAll("\n", " ").trim();
      await expect(checkCommandLine(words), words).resolves.toBeUndefined();
    }
  });

  it("its scripts are those of the package", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [...markdown.matchAll(/npm run ([a-z:-]*[a-z])/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("its files are there", () => {
    const folders = readdirSync(ROOT).filter((name) =>
      /^(benches|bindings|crates|demo|docs|examples|fuzz|scripts|test|ts)$/.test(name),
    );
    const named = [...markdown.matchAll(/`([a-z]+\/[\w./-]+)`/g)].map(([, file = ""]) => file);
    const own = named.filter((file) => folders.includes(file.split("/")[0] ?? "") && !/[A-Z]{3}|\/dist/.test(file));
    expect(own.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it("its links lead somewhere", () => {
    expect(brokenLinks(path, markdown)).toEqual([]);
  });
});

it.each(WRAPPED)("%s is wrapped as node scripts/wrap.mjs does", (path) => {
  const markdown = readFileSync(join(ROOT, path), "utf8");
  expect(wrapped(markdown)).toBe(markdown);
});

it.each(["CONTRIBUTING.md", "ARCHITECTURE.md"])("%s: its links lead somewhere", (path) => {
  expect(brokenLinks(path, readFileSync(join(ROOT, path), "utf8"))).toEqual([]);
});

it("the three numbers of the first page are measured on the pages of results that it names", () => {
  const home = readFileSync(join(ROOT, "site/home.md"), "utf8");
  const [, numbers = ""] = home.split('<div class="numbers">');
  const told = [...numbers.matchAll(/^\*\*([\d,. to]+?)(?: %)?\*\*[^*]*?\]\(\.\.\/(docs\/results\/[\w-]+\.md)/gm)];
  expect(told).toHaveLength(3);
  for (const [, number = "", page = ""] of told) expect(readFileSync(join(ROOT, page), "utf8"), page).toContain(number);
});

function brokenLinks(path: string, markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\((?!https?:|#)([^)#\s]*[./][^)#\s]*)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !existsSync(join(ROOT, path, "..", link)));
}
