import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT, readGuides } from "../docs/guides.js";
import { missing } from "../support/c-program.js";
import { missingForDevices } from "../support/device.js";

const guide = readGuides().find(({ path }) => path === "docs/guides/microcontroller.md");
const needs = missing("cc") ?? missingForDevices();
/** Inside the package, so that the program can import it by name. */
const DIR = join(ROOT, ".cache", "guide-c");

describe.skipIf(needs !== undefined)(`the guide to microcontrollers${needs ? ` (${needs})` : ""}`, () => {
  it("compiles its programs, which say on the computer and on the device what the library says", () => {
    rmSync(DIR, { recursive: true, force: true });
    mkdirSync(DIR, { recursive: true });
    const { code = "", files = new Map(), blocks = [] } = guide ?? {};
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    for (const [name, text] of [...files, ["example.mjs", outputText]]) writeFileSync(join(DIR, name), text);
    const call = (command: string) => {
      const [program = "", ...words] = command.split(" ");
      return execFileSync(program, words, { cwd: DIR, encoding: "utf8" });
    };
    const said = call("node example.mjs");
    expect(said.split("\n")).toHaveLength(9);
    const commands = blocks
      .filter(({ language, text }) => language === "sh" && !text.startsWith("npx"))
      .flatMap(({ text }) => text.trim().split("\n"));
    const answers = commands.map(call).filter((output) => output !== "");
    expect(answers).toEqual([said, said]);
  });
});
