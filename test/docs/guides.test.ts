import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createNetwork } from "spikelet";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "./blocks.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that examples can import it by name. */
const DIR = join(ROOT, ".cache", "guides");
const CLI = join(ROOT, "dist/cli/main.js");
const execute = promisify(execFile);

/** Guides whose TypeScript is compiled and run, all blocks of one as one program, and whose commands are run. */
const RUN = [
  "README.md",
  "docs/getting-started.md",
  "docs/determinism.md",
  "docs/coming-from-snntorch.md",
  "docs/exchange.md",
  "docs/encoders-and-losses.md",
  "docs/how-to-choose-a-rule.md",
];

const guides = RUN.map((path) => {
  const name = basename(path, ".md");
  const blocks = blocksOf(readFileSync(join(ROOT, path), "utf8")).filter(({ isRun }) => isRun);
  const of = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text);
  const commands = of("sh").flatMap((text) =>
    text.split("\n").flatMap((line) => /^npx spikelet ([^#]*)/.exec(line)?.[1]?.trim() ?? []),
  );
  return { path, folder: join(DIR, name), code: of("ts").join("\n"), commands };
});

beforeAll(() => {
  rmSync(DIR, { recursive: true, force: true });
  for (const { folder, code } of guides) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "example.mts"), code);
  }
});

it("the TypeScript of all guides compiles", () => {
  const files = guides.filter(({ code }) => code !== "").map(({ folder }) => join(folder, "example.mts"));
  expect(files.length).toBeGreaterThan(2);
  const program = ts.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
  });
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  expect(complaints).toEqual([]);
  program.emit();
}, 120_000);

describe.each(guides)("$path", ({ folder, code, commands }) => {
  it.runIf(code !== "")(
    "its TypeScript runs and tells something",
    async () => {
      const { stdout } = await execute(process.execPath, ["example.mjs"], { cwd: folder });
      expect(stdout).not.toBe("");
      expect(stdout).not.toMatch(/\b(undefined|NaN|false)\b/);
    },
    300_000,
  );

  it.runIf(commands.length > 0)(
    "its commands run",
    async () => {
      for (const command of commands) await execute(process.execPath, [CLI, ...command.split(/\s+/)], { cwd: folder });
    },
    300_000,
  );
});

describe("every page", () => {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));

  it.each(pages)("%s: its JSON is read, its configurations are valid", async (page) => {
    for (const { language, text, isRun } of blocksOf(readFileSync(join(ROOT, "docs", page), "utf8"))) {
      if (language !== "json" || !isRun) continue;
      const { data, ...config } = JSON.parse(text);
      if ("network" in config) (await createNetwork(config)).dispose();
    }
  });

  it.each(["../README.md", "../CONTRIBUTING.md", "../ARCHITECTURE.md", ...pages])("%s: its links lead somewhere", (page) => {
    const text = readFileSync(join(ROOT, "docs", page), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]*[./][^)#\s]*)/g)].map((match) => match[1] ?? "");
    const base = join(ROOT, "docs", page, "..");
    for (const link of links) expect(() => readdirOrFile(join(base, link)), `${page} → ${link}`).not.toThrow();
  });
});

function readdirOrFile(path: string): void {
  try {
    readFileSync(path);
  } catch {
    readdirSync(path);
  }
}
