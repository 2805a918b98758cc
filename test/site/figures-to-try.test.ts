import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RUNS } from "../../site/trying/runs.mjs";
import { SCENES } from "../../site/trying/scenes.mjs";
import { complaintsOf } from "../browser/chromium.js";
import { type OpenSite, openSite } from "./open-site.js";

const ESSAY = "learn/spiking-networks.html";
/** Order of the figures on the page. */
const NAMES = ["weight", "flow", "resets", "delays"];

let site: OpenSite;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: readonly string[] }> {
  const page = await site.browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints = complaintsOf(page);
  await page.goto(site.url + ESSAY);
  if (options.javaScriptEnabled !== false) await expect.poll(() => page.locator(".is-tried").count()).toBe(NAMES.length);
  return { page, complaints };
}

const figure = (page: Page, name: string) => page.locator(".figure-to-try").nth(NAMES.indexOf(name));
const sentence = (page: Page, name: string) => figure(page, name).locator(".sentence").textContent();

it("lets the keyboard drag a weight, and shows what the library has computed", async () => {
  const { page, complaints } = await open();
  const data = await RUNS.weight();
  const slider = figure(page, "weight").getByRole("slider", { name: "Weight" });
  await slider.press("Home");
  expect(await slider.getAttribute("aria-valuetext")).toBe("0.20");
  expect(await sentence(page, "weight")).toBe("With the weight 0.20 the unit stays silent.");
  for (let presses = 0; presses < 15; presses++) await slider.press("ArrowRight");
  expect(await sentence(page, "weight")).toBe(`With the weight 0.50 the unit fires at step ${data.runs[15]?.fired[0]}.`);
  await slider.press("End");
  const { description, sentence: last } = SCENES["weight"]?.draw(data, { weight: data.weights.length - 1 }) ?? {};
  expect(await sentence(page, "weight")).toBe(last);
  expect(await figure(page, "weight").locator("svg").getAttribute("aria-label")).toBe(description);
  expect(complaints).toEqual([]);
  await page.close();
});

it("shows each gradient, and plays it back in time", async () => {
  const { page, complaints } = await open();
  const flow = figure(page, "flow");
  const said: (string | null)[] = [];
  for (const rule of ["Activation", "Timing", "ANTLR"]) {
    await flow.getByRole("radio", { name: rule }).check();
    said.push(await sentence(page, "flow"));
  }
  expect(said[0]).toMatch(/Activation asks for changes\. Output: a higher membrane/);
  expect(said[1]).toMatch(/Timing asks for nothing\.$/);
  expect(said[2]).toMatch(/Hidden unit 1: a higher membrane, .*; the spike of step 7 later; the spike of step 18 earlier\./);
  const slider = flow.getByRole("slider", { name: /^Back in time/ });
  await slider.press("End");
  expect(await sentence(page, "flow")).toMatch(
    /ANTLR asks for (nothing|changes\. Output: a higher membrane, most at step 39)\.$/,
  );
  await flow.getByRole("button", { name: "Play back in time" }).click();
  await expect.poll(() => flow.getByRole("button").textContent()).toBe("Stop");
  await expect.poll(() => slider.inputValue()).toBe("0");
  await expect.poll(() => sentence(page, "flow")).toBe(said[2]);
  await expect.poll(() => flow.getByRole("button").textContent()).toBe("Play back in time");
  expect(complaints).toEqual([]);
  await page.close();
});

it("moves nothing by itself, and has no button for it, where a reader wants no motion", async () => {
  const { page } = await open({ reducedMotion: "reduce" });
  expect(await figure(page, "flow").locator(".play").isVisible()).toBe(false);
  expect(await figure(page, "flow").getByRole("slider").count()).toBe(2);
  await page.close();
});

it("is a page with images on paper and without scripts", async () => {
  const { page: paper } = await open({ colorScheme: "light" });
  const still = await open({ javaScriptEnabled: false, colorScheme: "light" });
  await paper.emulateMedia({ media: "print" });
  for (const page of [paper, still.page]) {
    for (const name of NAMES) {
      expect(await figure(page, name).locator("img.light-figure").isVisible()).toBe(true);
      expect(await figure(page, name).locator(".tried").isVisible()).toBe(false);
    }
  }
  await paper.emulateMedia({ media: "screen" });
  expect(await figure(paper, "flow").locator("img.light-figure").isVisible()).toBe(false);
  for (const page of [paper, still.page]) await page.close();
});

it.each([320, 768])("fits %i pixels, with sliders that a finger hits", async (width) => {
  const { page } = await open({ viewport: { width, height: 800 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  const heights = await page.locator(".figure-to-try input[type=range]").evaluateAll((all) => all.map((one) => one.clientHeight));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(24);
  await page.close();
});
