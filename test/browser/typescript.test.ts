import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT, readGuides } from "../docs/guides.js";
import { type PackedProject, packedProject } from "../support/packed-project.js";
import { complaintsOf, launchChromium } from "./chromium.js";
import { type Served, serve } from "./serve.js";

/** `tsconfig.json` of Vite's template `vanilla-ts`, without its own types. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2023",
    module: "esnext",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    types: [],
    skipLibCheck: true,
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    moduleDetection: "force",
    noEmit: true,
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    erasableSyntaxOnly: true,
    noFallthroughCasesInSwitch: true,
  },
  include: ["src"],
};

let project: PackedProject;
let browser: Browser;
let served: Served;

beforeAll(async () => {
  project = await packedProject({ init: true });
  const { folder } = project;
  await mkdir(join(folder, "src"));
  const guide = readGuides().find(({ path }) => path === "docs/guides/browser.md");
  await writeFile(join(folder, "src/main.ts"), `${guide?.code}\ndocument.title = "done";\n`);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>loading</title>`;
  await writeFile(join(folder, "index.html"), `${head}<script type="module" src="/src/main.ts"></script>`);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

it("the guide's program in a TypeScript project of Vite: it is checked, built, and trains in the page", async () => {
  const { folder } = project;
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const checked = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => ({ stdout }));
  expect(checked.stdout).toBe("");
  await build({ root: folder, configFile: false, logLevel: "error", build: { reportCompressedSize: false } });
  served = await serve(join(folder, "dist"));
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  await page.goto(served.url);
  await page.waitForFunction(() => document.title === "done");
  expect(lines).toEqual([1, 2, 3, 4, 5].map((epoch) => expect.stringMatching(new RegExp(`^${epoch} 0\\.\\d+$`))));
  expect(Number(lines.at(-1)?.split(" ")[1]), "the guide says 83 %").toBeCloseTo(0.83, 2);
  expect(complaints).toEqual([]);
  await page.close();
});
