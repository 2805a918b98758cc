// The pages of examples/predict.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { complaintsOf, launchChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";
import { ENVIRONMENT, type FrameworkProject, frameworkProject, inFrameworks } from "./project.js";

const execute = promisify(execFile);
const exampleOf = (name: string) => readFile(join(ROOT, "examples/predict", name), "utf8");

const REACT = {
  "react/index.html": `<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="./main.jsx"></script>`,
  "react/main.jsx": `import { createRoot } from "react-dom/client";
import { YinYang } from "./YinYang.jsx";
createRoot(document.getElementById("root")).render(<YinYang file="./yin-yang.model" />);`,
  "react/vite.config.mjs": `import react from "@vitejs/plugin-react";
export default { base: "./", plugins: [react()] };`,
};

describe.skipIf(!hasFrameworks())("examples/predict (needs node scripts/install-for-tests.mjs)", () => {
  let project: FrameworkProject;
  let browser: Browser;
  beforeAll(async () => {
    const [train, component] = await Promise.all([exampleOf("train.mjs"), exampleOf("YinYang.jsx")]);
    [project, browser] = await Promise.all([
      frameworkProject({ "train.mjs": train, "react/YinYang.jsx": component, ...REACT }),
      launchChromium(),
    ]);
    const { stdout } = await project.run(process.execPath, "train.mjs", "yin-yang.model");
    expect(Number(/ (\d+) % are right/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(90);
  });
  afterAll(async () => {
    await browser?.close();
    await project?.[Symbol.asyncDispose]();
  });

  it("paints the yin-yang in a page without tools, whose policy allows no WebAssembly", async () => {
    await using cdn = await serve(join(project.folder, "node_modules/spikelet"), { shared: true });
    const html = await exampleOf("index.html");
    const origin = new URL(cdn.url).origin;
    const own = html
      .replaceAll(/https:\/\/cdn\.jsdelivr\.net\/npm\/spikelet@[^/]+\//g, cdn.url)
      .replace("https://cdn.jsdelivr.net", origin);
    const folder = join(project.folder, "page");
    await mkdir(folder);
    await writeFile(join(folder, "index.html"), own);
    await copyFile(join(project.folder, "yin-yang.model"), join(folder, "yin-yang.model"));
    await using served = await serve(folder);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(served.url);
    const line = page.locator("p", { hasText: /^3600 predictions in \d+ ms/ });
    console.log(await line.textContent());
    const canvas = page.locator("canvas");
    const answerAt = async (x: number, y: number) => {
      await canvas.hover({ position: { x: 300 * x, y: 300 * (1 - y) } });
      return page.locator("p").textContent();
    };
    expect(await answerAt(0.75, 0.5)).toMatch(/^A dot, known at step \d+\.$/);
    const [above, below] = [await answerAt(0.5, 0.75), await answerAt(0.5, 0.25)].map((text) => text?.split(",")[0]);
    expect([above, below].sort()).toEqual(["Yang", "Yin"]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("answers in a React component while sliders move", async () => {
    const folder = join(project.folder, "react");
    await execute(process.execPath, [inFrameworks("vite/bin/vite.js"), "build"], { cwd: folder, env: ENVIRONMENT });
    await copyFile(join(project.folder, "yin-yang.model"), join(folder, "dist/yin-yang.model"));
    await using served = await serve(join(folder, "dist"));
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(served.url);
    await page.getByLabel("x").fill("0.75");
    await expect.poll(() => page.locator("output").textContent()).toBe("A dot");
    await page.getByLabel("x").fill("0.5");
    await page.getByLabel("y").fill("0.75");
    await expect.poll(() => page.locator("output").textContent()).toMatch(/^(Yang|Yin)$/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
