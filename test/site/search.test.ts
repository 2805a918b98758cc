import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenSite, openSite } from "./open-site.js";

let site: OpenSite;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

it.each([true, false])("finds a page by a word that stands in it; storage: %s", async (isStored) => {
  const page = await site.browser.newPage();
  if (!isStored) await page.addInitScript(refuseStorage);
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

/** As a browser whose reader has blocked cookies does. */
function refuseStorage(): void {
  const get = () => {
    throw new DOMException("denied", "SecurityError");
  };
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get });
}
