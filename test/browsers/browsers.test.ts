import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULTS } from "../../demo/playground/settings.js";
import { ROOMS } from "../../demo/rooms.mjs";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { serve } from "../browser/serve.js";
import { SYMBOLS } from "../browser/strokes.js";
import { learnt } from "../support/playground.js";
import type { TriedBrowser } from "./browser.js";
import { openChromium } from "./chromium.js";
import { findFirefox, openFirefox } from "./firefox.js";
import { buildPages, type Pages } from "./pages.js";
import { type Feature, keepSeen, type SeenBrowser } from "./seen.js";
import { trained } from "./training.mjs";
import { findWebKit, openWebKit } from "./webkit.js";

/** How each browser is opened, `undefined` where it is missing. */
const [firefox, webkit] = [findFirefox(), findWebKit()];
const BROWSERS = {
  "Chromium (apt-get install chromium)": findChromium() && openChromium,
  "Firefox (apt-get install firefox-esr)": firefox && (() => openFirefox(firefox)),
  "WebKit (apt-get install webkit2gtk-driver xvfb)": webkit && (() => openWebKit(webkit)),
};

/** Epochs of the playground. */
const EPOCHS = 5;

let pages: Pages;
let committed: string;
let played: string;
const browsers: SeenBrowser[] = [];

beforeAll(async () => {
  pages = await buildPages();
  committed = sha256((await trained()).checkpoint);
  played = (await learnt({ ...DEFAULTS, epochs: EPOCHS })).digest;
});
afterAll(async () => {
  keepSeen({ digests: { training: committed, playground: played }, browsers });
  await pages?.[Symbol.asyncDispose]();
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe.each(Object.entries(BROWSERS))("%s", (_, open) => {
  let browser: TriedBrowser;
  const seen: SeenBrowser = { name: "", version: "", saw: {} };
  beforeAll(async () => {
    if (!open) return;
    browser = await open();
    Object.assign(seen, { name: browser.name, version: browser.version });
    browsers.push(seen);
  });
  const saw = (feature: Feature, isThere = true) => {
    seen.saw[feature] = isThere;
  };
  afterAll(() => browser?.[Symbol.asyncDispose]());

  async function enter(room: string): Promise<void> {
    await browser.goto(`${pages.url}${room}.html`);
    await expect.poll(() => state()).toMatch(/^(ready|failed)$/);
    expect([await state(), await text("#state")]).toEqual(["ready", expect.any(String)]);
  }
  const state = () => browser.evaluate(() => document.documentElement.dataset["state"] ?? "");
  const text = (selector: string) =>
    browser.evaluate((selector) => document.querySelector(selector)?.textContent?.trim() ?? "", selector);
  const count = (selector: string) => browser.evaluate((selector) => document.querySelectorAll(selector).length, selector);
  const click = (selector: string) =>
    browser.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.click(), selector);

  /** Draws a symbol on the pad. */
  async function draw(name: string): Promise<void> {
    const pad = await browser.evaluate(() => {
      const canvas = document.querySelector("#pad canvas");
      canvas?.scrollIntoView({ block: "center" });
      const { left, top, width, height } = canvas?.getBoundingClientRect() ?? new DOMRect();
      return { left, top, width, height };
    });
    for (const stroke of SYMBOLS[name] ?? []) {
      await browser.draw(stroke.map(([x, y]) => ({ x: pad.left + x * pad.width, y: pad.top + y * pad.height })));
    }
  }

  it.skipIf(!open)("shows the first page", async () => {
    await browser.goto(`${pages.url}index.html`);
    expect(await text("h1")).toBe("A network that learns while you watch");
    expect(await count("a.door")).toBe(3);
  });

  it.skipIf(!open)("plays to the network of Node", async () => {
    await browser.goto(`${pages.url}index.html?#epochs=${EPOCHS}`);
    await expect.poll(() => state()).toMatch(/^(learnt|failed)$/);
    expect(await text("#digest-epoch")).toBe(String(EPOCHS));
    expect(await text("#digest")).toBe(played);
    saw("playground");
  });

  it.skipIf(!open)("learns symbols and reads one", async () => {
    await enter("teach");
    await draw("wave");
    await click("#add");
    await expect.poll(() => text("#answer")).toMatch(/^Symbol 3\. Decided at step \d+/);
    await draw("bolt");
    await expect.poll(() => text("#answer")).toMatch(/^Bolt\. Decided at step \d+/);
    saw("teach");
  });

  it.skipIf(!open)("hears a recording", async () => {
    await enter("listen");
    for (const [k, name] of ["three", "seven"].entries()) {
      await browser.evaluate((name) => {
        [...document.querySelectorAll<HTMLElement>("#spoken button")].find((one) => one.textContent === name)?.click();
      }, name);
      await expect.poll(() => count("#heard li")).toBe(k + 1);
      expect(await text("#answer")).toBe(name);
    }
    saw("listen");
  });

  it.skipIf(!open)("races", async () => {
    await enter("race");
    await click("#run");
    await expect.poll(() => count("#numbers tr")).toBeGreaterThan(1);
    await click("#run");
    await expect.poll(() => text("#state")).toMatch(/^paused: epoch/);
    expect(await count("#accuracy .curve")).toBe(3);
    saw("race");
  });

  it.skipIf(!open)("opens the rooms without a network, where it has service workers", async () => {
    const served = await serve(pages.folder);
    try {
      await browser.goto(`${served.url}teach.html`);
      const hasWorkers = await browser.evaluate(() => "serviceWorker" in navigator);
      if (hasWorkers) {
        const active = () => browser.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state ?? "");
        await expect.poll(active).toBe("activated");
        await served[Symbol.asyncDispose]();
        for (const { page } of ROOMS) {
          await browser.goto(`${served.url}${page}.html`);
          await expect.poll(() => state()).toMatch(/^(ready|learning|learnt|failed)$/);
          expect(await state()).not.toBe("failed");
        }
      }
      saw("offline", hasWorkers);
    } finally {
      await served[Symbol.asyncDispose]();
    }
  });

  it.skipIf(!open)("trains to the checkpoint of Node, alone and where a page is isolated", async () => {
    for (const [url, workers] of [
      [pages.url, 1],
      [pages.isolated, 2],
    ] as const) {
      await browser.goto(`${url}training.html`);
      await expect.poll(() => browser.evaluate(() => document.title)).toBe("ready");
      const { checkpoint, reason, canShare } = await browser.evaluate(async (workers) => {
        type Trained = { checkpoint: string; reason: string };
        const { train } = globalThis as unknown as { train: (workers: number) => Promise<Trained> };
        return { ...(await train(workers)), canShare: globalThis.SharedArrayBuffer !== undefined };
      }, workers);
      expect(sha256(Buffer.from(checkpoint, "base64"))).toBe(committed);
      if (workers === 1) {
        saw("training");
        continue;
      }
      expect(reason).toContain(canShare ? "2 workers that share memory" : "the browser has no SharedArrayBuffer");
      saw("threads", canShare);
    }
  });
});
