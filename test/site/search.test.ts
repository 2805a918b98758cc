import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SITE } from "../../scripts/site.mjs";
import { launchChromium } from "../browser/chromium.js";
import { type Served, serve } from "../browser/serve.js";

let site: Served;
let browser: Browser;

beforeAll(async () => {
  site = await serve(SITE);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

it("finds a page by a word that stands in it", async () => {
  const page = await browser.newPage();
  await page.goto(site.url);
  const input = page.locator("#localsearch-input");
  // The page listens to keys once its script has run, which no event of the browser tells.
  const pressed = async () => {
    await page.keyboard.press("Control+k");
    return input.count();
  };
  await expect.poll(pressed).toBe(1);
  await input.fill("silentTargetPenalty");
  const results = page.locator("#localsearch-list a.result");
  await expect.poll(() => results.count()).toBeGreaterThan(1);
  await page.close();
});
