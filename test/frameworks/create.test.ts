import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { complaintsOf, launchChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";
import { ENVIRONMENT, type FrameworkProject, frameworkProject, inFrameworks } from "./project.js";

const execute = promisify(execFile);
const CDN = "https://cdn.jsdelivr.net/npm/spikelet@";

interface Manifest {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}
const manifestIn = (folder: string) => JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

/** Checks what a starter prints or shows: it learns, and recognises a recording that it has not seen. */
function expectLearnt(text: string): void {
  expect(Number(/^accuracy (\S+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(0.9);
  expect(text).toMatch(/^recording 601 is shake$/m);
}

describe("create-spikelet", () => {
  it("names the versions that are tested", () => {
    const { version } = manifestIn(".");
    const tested = { ...manifestIn("test/frameworks").devDependencies, spikelet: version };
    expect(manifestIn("create-spikelet").version).toBe(version);
    for (const starter of ["node", "react"]) {
      const { dependencies, devDependencies } = manifestIn(`create-spikelet/starters/${starter}`);
      expect(tested).toMatchObject({ ...dependencies, ...devDependencies });
    }
    expect(readFileSync(join(ROOT, "create-spikelet/starters/page/index.html"), "utf8")).toContain(`${CDN}${version}/`);
  });

  it.each([
    [["app", "--starter", "vue"], 'There is no starter "vue".'],
    [["."], ". is not empty"],
    [[], "Name one folder"],
    [["app", "--template", "node"], "Unknown option '--template'"],
  ])("refuses %j", async (words, why) => {
    const failed = execute(process.execPath, [join(ROOT, "create-spikelet/index.mjs"), ...words], { cwd: ROOT });
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
  });
});

describe.skipIf(!hasFrameworks())("the tarball of create-spikelet (needs node scripts/install-for-tests.mjs)", () => {
  let project: FrameworkProject;
  let browser: Browser;
  beforeAll(async () => {
    [project, browser] = await Promise.all([frameworkProject({}), launchChromium()]);
    const packed = await execute("npm", ["pack", "--json", "--pack-destination", project.folder], {
      cwd: join(ROOT, "create-spikelet"),
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    await execute("tar", ["xzf", filename], { cwd: project.folder });
  });
  afterAll(async () => {
    await browser?.close();
    await project?.[Symbol.asyncDispose]();
  });

  /** Makes a project of a starter; its folder. */
  const create = async (starter: string): Promise<string> => {
    await project.run(process.execPath, "package/index.mjs", starter, "--starter", starter);
    return join(project.folder, starter);
  };

  /** Trains in a page; what it shows, once it has recognised a gesture. */
  const trainIn = async (page: Page, url: string): Promise<string> => {
    const complaints = complaintsOf(page);
    await page.goto(url);
    await page.getByRole("button", { name: "Train" }).click();
    const shown = page.locator("pre", { hasText: /recording|Error/ });
    const text = (await shown.textContent()) ?? "";
    expect(complaints).toEqual([]);
    return text;
  };

  it("has a starter for Node that trains", async () => {
    const folder = await create("node");
    const { stdout } = await execute(process.execPath, ["main.mjs"], { cwd: folder });
    expectLearnt(stdout);
    expect((await readFile(join(folder, "gestures.safetensors"))).length).toBeGreaterThan(1000);
  });

  it("has a starter with Vite and React that trains in the page", async () => {
    const folder = await create("react");
    await execute(process.execPath, [inFrameworks("vite/bin/vite.js"), "build"], { cwd: folder, env: ENVIRONMENT });
    await using served = await serve(join(folder, "dist"));
    expectLearnt(await trainIn(await browser.newPage(), served.url));
  });

  it("has a starter without tools that trains in the page, with modules and workers of another origin", async () => {
    const folder = await create("page");
    await using cdn = await serve(join(project.folder, "node_modules/spikelet"), { shared: true });
    const html = await readFile(join(folder, "index.html"), "utf8");
    await writeFile(join(folder, "index.html"), html.replace(/https:\/\/cdn\.jsdelivr\.net\/npm\/spikelet@[^/]+\//, cdn.url));
    await using served = await serve(folder);
    expectLearnt(await trainIn(await browser.newPage(), served.url));
  });
});
