import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that the example can import it by name. */
const DIR = join(ROOT, ".cache", "readme");

it("the README's example compiles and runs", () => {
  const code = /```ts\n(.*?)```/s.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1];
  expect(code, "README.md has a ts block").toBeDefined();
  rmSync(DIR, { recursive: true, force: true });
  mkdirSync(DIR, { recursive: true });
  const example = join(DIR, "example.mts");
  writeFileSync(example, code ?? "");

  const program = ts.createProgram([example], {
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
  });
  expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual(
    [],
  );
  program.emit();

  const { status, stderr, stdout } = spawnSync(process.execPath, ["example.mjs"], { cwd: DIR, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(stdout).not.toBe("");
}, 300_000);
