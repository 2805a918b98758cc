import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { buildResearch } from "../../research/build.mjs";
import { type Guide, ROOT, readGuides } from "./guides.js";
import { expectPromised } from "./printed.js";

/** Inside the package, so that examples can import it by name. */
const DIR = join(ROOT, ".cache", "guides");
/** What runs the commands of pages, by the words that they begin with. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "npx spikelet ": join(ROOT, "dist/cli/main.js"),
  "npm run experiment -- ": (await buildResearch()).main,
};
const execute = promisify(execFile);

const guides = readGuides();
const programs = guides.filter(({ code }) => code !== "");
const folderOf = ({ name }: Guide): string => join(DIR, name);

beforeAll(() => {
  rmSync(DIR, { recursive: true, force: true });
  for (const guide of guides) {
    mkdirSync(folderOf(guide), { recursive: true });
    writeFileSync(join(folderOf(guide), "example.mts"), guide.code);
    for (const [file, text] of guide.files) writeFileSync(join(folderOf(guide), file), text);
  }
});

it("the TypeScript of all guides compiles, without settings of its own", () => {
  expect(programs.length).toBeGreaterThan(7);
  const files = programs.map((guide) => join(folderOf(guide), "example.mts"));
  const program = ts.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  });
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  program.emit();
  expect(complaints).toEqual([]);
});

it.each(programs)(
  "$path: its TypeScript runs and tells something",
  async (guide) => {
    const { stdout } = await execute(process.execPath, ["example.mjs"], { cwd: folderOf(guide) });
    expectPromised(guide, stdout);
  },
  300_000,
);

it("programs of guides run everywhere: one line of prose names `using`", () => {
  const shown = [...guides.map(({ code }) => code), ...guides.flatMap(({ blocks }) => blocks.map(({ text }) => text))];
  expect(shown.filter((text) => /\busing \w+ =/.test(text))).toEqual([]);
  const named = guides.filter(({ markdown }) => /`using \w+ =/.test(markdown));
  expect(named.map(({ path }) => path)).toEqual(["docs/learn/getting-started.md"]);
});

describe.each(guides.filter(({ commands }) => commands.length > 0))("$path: its commands run", (guide) => {
  it.each(guide.commands)(
    "%s",
    async (command) => {
      const [begin = "", program = ""] = Object.entries(PROGRAMS).find(([words]) => command.startsWith(words)) ?? [];
      expect(begin, command).not.toBe("");
      const words = command.slice(begin.length).split(/\s+/);
      await execute(process.execPath, [program, ...words], { cwd: folderOf(guide) });
    },
    300_000,
  );
});
