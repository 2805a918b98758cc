import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecord } from "../../ts/cli/bench/kernels/compared.js";
import { kernelPage } from "../../ts/kernels/report/page.js";
import { Demo, type DemoPage } from "./demo-page.js";
import { keepPage } from "./screenshot.js";

let demo: Demo;
let folder: string;

beforeAll(async () => {
  demo = await Demo.serve();
  folder = await mkdtemp(join(tmpdir(), "spikelet-kernels-"));
});

afterAll(async () => {
  await demo?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function measured(options: BrowserContextOptions, ...kernels: readonly [string, ...string[]]): Promise<DemoPage> {
  const open = await demo.enter("kernels", options);
  for (const kernel of kernels) {
    await open.page.getByLabel("Kernel").selectOption(kernel);
    await open.button("Measure").click();
    await expect.poll(() => open.text("#state")).toMatch(/^Measured 1 shape\.$/);
  }
  return open;
}

describe("the page of kernels", () => {
  it("measures a kernel, and offers a record that the command reads", async () => {
    const open = await measured({}, "surrogate");
    expect(await open.text("#announcement")).toBe("Measured 1 shape.");
    expect(await open.text("#ceiling")).toMatch(/^This browser: [\d.]+ GB\/s .* [\d.]+ G operations\/s\.$/);
    const cells = await open.page.locator("#lines tr :is(th, td)").allTextContents();
    expect(cells).toEqual([
      "surrogate",
      expect.stringMatching(/^ \d+ %$/),
      expect.stringMatching(/^(memory|arithmetic)$/),
      expect.stringMatching(/^[\d.]+ (ns|µs|ms)$/),
      expect.stringMatching(/^× \d+\.\d\d$/),
      "units 4096",
    ]);
    const [download] = await Promise.all([open.page.waitForEvent("download"), open.button("Save the record").click()]);
    expect(download.suggestedFilename()).toBe("kernels.json");
    const file = join(folder, "kernels.json");
    await download.saveAs(file);
    const record = await readRecord(file);
    expect(record.origin).toMatchObject({ engine: expect.stringMatching(/Chrome\/\d+/), caches: [], load: [0, 0] });
    expect(record.origin.processor).not.toBe("");
    expect(record.lines.map(({ kernel, backend }) => `${kernel}, ${backend}`)).toEqual(["surrogate, wasm", "surrogate, wasm"]);
    const page = kernelPage([{ name: "here", record }]);
    expect(page).toContain("Roofline");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(open.sent()).toEqual([]);
    await open.page.close();
  });

  it("answers while it measures, and stops", async () => {
    const open = await demo.enter("kernels", {});
    await open.button("Measure").click();
    await expect.poll(() => open.text("#state")).toMatch(/^measuring /);
    await open.frames(5);
    expect(await open.button("Save the record").isDisabled()).toBe(true);
    await open.button("Stop").click();
    await expect.poll(() => open.text("#state")).toBe("Stopped.");
    await expect.poll(() => open.button("Measure").isEnabled()).toBe(true);
    expect(await open.page.locator("#progress").isVisible()).toBe(false);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("says what could not be loaded", async () => {
    const block = (page: DemoPage["page"]) => page.route(/kernels-worker/, (route) => route.abort());
    const open = await demo.enter("kernels", {}, block, "failed");
    expect(await open.text("#state")).toBe("the worker can't be loaded");
    expect(await open.button("Measure").isDisabled()).toBe(true);
    await open.page.close();
  });

  it.each([
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
    ["dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
    ["wide", { viewport: { width: 1680, height: 1050 } }],
  ] as const)("can be read: %s", async (place, options) => {
    const open = await measured(options, "gather");
    expect(await open.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await open.collisions()).toEqual([]);
    expect(await open.barriers()).toEqual([]);
    expect(open.complaints).toEqual([]);
    await keepPage(open.page, `kernels-${place}`);
    await open.page.close();
  });
});
