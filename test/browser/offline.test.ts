import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { ROOMS } from "../../demo/rooms.mjs";
import { complaintsOf, launchChromium } from "./chromium.js";
import { type Served, serve } from "./serve.js";

/** Where the demo lies on its server, as on one that many projects share. */
const PLACE = "project/demo/";

let browser: Browser;
let folder: string;
let served: Served;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikelet-offline-"));
  await cp(inject("demoFolder"), join(folder, PLACE), { recursive: true });
  served = await serve(folder);
  context = await browser.newContext();
});
afterEach(async () => {
  await context?.close();
  await served?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a room and waits until it stands. */
async function enter(room: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${served.url}${PLACE}${room}.html`);
  await page.waitForSelector("html[data-state=ready], html[data-state=learning], html[data-state=learnt]");
  return page;
}

/** Waits until the service worker has kept everything. */
async function isKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { active, scope } = await navigator.serviceWorker.ready;
    if (active?.state !== "activated") {
      await new Promise((resolve) =>
        active?.addEventListener("statechange", () => active.state === "activated" && resolve(null)),
      );
    }
    return scope;
  });
}

const cachesOf = (page: Page) => page.evaluate(() => caches.keys());

it("opens each room without a network, once one of them was open", async () => {
  const first = await enter("teach");
  expect(await isKept(first)).toBe(`${served.url}${PLACE}`);
  await first.close();
  await served[Symbol.asyncDispose]();
  for (const { page: room } of ROOMS) {
    const page = await enter(room);
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe("activated");
    await page.close();
  }
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`${served.url}${PLACE}?from=elsewhere#epochs=2`);
  await page.waitForSelector("html[data-state=learnt]");
  await page.getByRole("navigation").getByRole("link", { name: "Listen" }).click();
  await page.waitForSelector("html[data-state=ready]");
  await page.locator("#spoken button", { hasText: "seven" }).click();
  await expect.poll(() => page.locator("#heard li").count()).toBe(1);
  // Pages are asked for before the kept ones are taken.
  expect(complaints.filter((text) => !text.includes("net::ERR_CONNECTION_REFUSED"))).toEqual([]);
});

it("keeps what has changed, drops what it kept before, and leaves the caches of others", async () => {
  const page = await enter("race");
  await isKept(page);
  // The service worker has the pages that are opened after it.
  await page.reload();
  const [before, ...more] = await cachesOf(page);
  expect(more).toEqual([]);
  const others = [`spikelet rooms ${served.url}another/ 0123456789abcdef`, "of somebody else"];
  await page.evaluate((names) => Promise.all(names.map((name) => caches.open(name))), others);
  const file = join(folder, PLACE, "service-worker.js");
  const text = await readFile(file, "utf8");
  const [, version = ""] = /const VERSION = "([0-9a-f]{16})";/.exec(text) ?? [];
  expect(before).toBe(`spikelet rooms ${served.url}${PLACE} ${version}`);
  await writeFile(file, text.replace(version, "fedcba9876543210"));
  const html = join(folder, PLACE, "race.html");
  await writeFile(html, (await readFile(html, "utf8")).replace("Three rules, one start", "Three rules, another start"));
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const waiting = () => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state);
  await expect.poll(waiting).toBe("installed");
  // Pages that are open go on with the files of their version.
  expect((await cachesOf(page)).includes(before ?? "")).toBe(true);
  // A page of the same origin that the service worker does not answer sees when the last one of the old version is gone.
  await writeFile(join(folder, "outside.html"), "<!doctype html><title>outside</title>");
  const outside = await context.newPage();
  await outside.goto(`${served.url}outside.html`);
  await page.close();
  await expect
    .poll(async () => (await cachesOf(outside)).toSorted())
    .toEqual([...others, `spikelet rooms ${served.url}${PLACE} fedcba9876543210`].toSorted());
  await served[Symbol.asyncDispose]();
  const race = await enter("race");
  expect(await race.locator("h1").textContent()).toBe("Three rules, another start");
});

it("keeps nothing that a room does without", async () => {
  const page = await enter("index");
  await isKept(page);
  const kept = await page.evaluate(async () => {
    const [name = ""] = await caches.keys();
    return (await (await caches.open(name)).keys()).map(({ url }) => url);
  });
  expect(kept.filter((url) => /threads|bench|kernels|preview|service-worker/.test(url))).toEqual([]);
  expect(kept.length).toBeGreaterThan(20);
});
