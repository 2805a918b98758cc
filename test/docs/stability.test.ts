import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./guides.js";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/reference/stability.md");

/** What a source file says. */
function inSource(path: string, says: RegExp): string {
  const [, found] = says.exec(read(path)) ?? [];
  if (found === undefined) throw new Error(`${path} does not say ${says}`);
  return found;
}

it.each([
  ["checkpoint, saved stream", inSource("crates/io/src/checkpoint.rs", /FORMAT_VERSION: u32 = (\d+);/)],
  ["[model file](model-file.md)", inSource("crates/io/src/model.rs", /VERSION: usize = (\d+);/)],
  ["shards", inSource("ts/datasets/shards/manifest.ts", /const VERSION = (\d+);/)],
  ["study, also packed", inSource("ts/study/store/study-folder.node.ts", /manifest = \{ format: (\d+),/)],
])("the page on stability knows the format of a %s", (name, version) => {
  const row = page.split("\n").find((line) => line.startsWith(`| ${name} |`));
  expect(row).toMatch(new RegExp(`\\| ${version} \\|$`));
});

it("a citation names the version of the package", () => {
  expect(inSource("CITATION.cff", /^version: (.*)$/m)).toBe(inSource("package.json", /"version": "(.*)"/));
});

it("the page on stability lists every deprecation", () => {
  const codes = [...read("ts/deprecations.ts").matchAll(/^ {2}(SPIKELET_DEP\d{4}):/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(0);
  const listed = [...page.matchAll(/^\| `(SPIKELET_DEP\d{4})` \|/gm)].map(([, code]) => code);
  expect(listed).toEqual(codes);
});
