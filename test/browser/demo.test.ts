import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, launchChromium } from "./chromium.js";
import { traceMainThread } from "./main-thread.js";
import { type Served, serve } from "./serve.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Not committed; a look at it tells more than any assertion. */
const PICTURES = join(ROOT, "out", "demo");

let folder: string;
let browser: Browser;
let served: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikelet-demo-"));
  await build({ configFile: join(ROOT, "demo/vite.config.mjs"), logLevel: "error", build: { outDir: folder } });
  await mkdir(PICTURES, { recursive: true });
  served = await serve(folder);
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(options);
  const complaints = complaintsOf(page);
  await page.goto(served.url);
  await page.waitForSelector("html[data-state=ready]");
  return { page, complaints };
}

/** The table of the page: accuracy in percent and spikes of activation, timing and ANTLR after each epoch. */
function numbers(page: Page): Promise<{ accuracy: number[]; spikes: number[] }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("#numbers tr")].map((row) => {
      const cells = [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent));
      return { accuracy: [0, 2, 4].map((k) => cells[k] ?? 0), spikes: [1, 3, 5].map((k) => cells[k] ?? 0) };
    }),
  );
}

async function updates(page: Page): Promise<number> {
  return Number(/update (\d+)/.exec((await page.textContent("#state")) ?? "")?.[1] ?? 0);
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe("the demo", () => {
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ page, complaints } = await open({ viewport: { width: 1200, height: 900 } }));
  });
  afterAll(async () => {
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("starts three rules from the same network", async () => {
    const [start] = await numbers(page);
    expect(new Set(start?.accuracy).size).toBe(1);
    expect(start?.accuracy[0]).toBeLessThan(25);
  });

  it("makes one update, and no more", async () => {
    await button(page, "One update").click();
    await expect.poll(() => updates(page)).toBe(1);
    await button(page, "One update").click();
    await expect.poll(() => updates(page)).toBe(2);
  });

  it("trains all three until they can read, their units fire, and the page stays free", async () => {
    const thread = await traceMainThread(browser, page, async () => {
      await button(page, "Train").click();
      await expect.poll(async () => (await numbers(page)).length, { timeout: 30_000 }).toBeGreaterThan(5);
      await button(page, "Pause").click();
    });
    const last = (await numbers(page)).at(-1);
    expect(Math.min(...(last?.accuracy ?? []))).toBeGreaterThan(70);
    expect(Math.min(...(last?.spikes ?? []))).toBeGreaterThan(10);
    console.log("main thread of the demo while it trains", thread);
    expect(thread.tasks).toBeGreaterThan(100);
    expect(thread.longest).toBeLessThan(50);
    await page.screenshot({ path: join(PICTURES, "light.png"), fullPage: true });
  });

  it("holds still when paused", async () => {
    const before = await updates(page);
    await page.waitForTimeout(200);
    expect(await updates(page)).toBe(before);
    expect(before).toBeGreaterThan(100);
  });
});
