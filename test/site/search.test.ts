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

it("puts pages that explain before those that list: learn, guides, reference, API", async () => {
  const page = await site.browser.newPage();
  await page.goto(site.url);
  const input = page.locator("#localsearch-input");
  await expect
    .poll(async () => {
      await page.keyboard.press("Control+k");
      return input.count();
    })
    .toBe(1);
  await input.fill("surrogate");
  const results = page.locator("#localsearch-list a.result");
  await expect.poll(() => results.count()).toBeGreaterThan(10);
  const places = await results.evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  const order = ["/learn/", "/guides/", "/reference/"];
  const ranks = places.map((place) => order.findIndex((section) => place.startsWith(section))).filter((rank) => rank >= 0);
  expect(ranks).toEqual(ranks.toSorted());
  expect(new Set(ranks)).toEqual(new Set([0, 1, 2]));
  const isOfApi = (place: string) => place.startsWith("/reference/api/");
  expect(isOfApi(places.find((place) => place.startsWith("/reference/")) ?? "")).toBe(false);
  await page.close();
});

/** As a browser whose reader has blocked cookies does. */
function refuseStorage(): void {
  const get = () => {
    throw new DOMException("denied", "SecurityError");
  };
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get });
}
