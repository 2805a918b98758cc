import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOMS } from "../../demo/rooms.mjs";
import { Demo, type DemoPage } from "./demo-page.js";
import { keepPage } from "./screenshot.js";
import { fileOf, glide } from "./sounds.js";
import { SYMBOLS, unsteady } from "./strokes.js";

const PLACES: readonly (readonly [string, BrowserContextOptions])[] = [
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
  ["dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
  ["wide", { viewport: { width: 1680, height: 1050 } }],
];

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.serve();
});

afterAll(() => demo?.[Symbol.asyncDispose]());

async function isReadable(open: DemoPage, name: string): Promise<void> {
  expect(await open.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await open.collisions()).toEqual([]);
  expect(await open.barriers()).toEqual([]);
  expect(open.complaints).toEqual([]);
  await keepPage(open.page, name);
  await open.page.close();
}

/** Whether there is ink in the thirds of the pad. */
async function columnsOf({ page }: DemoPage): Promise<Record<"left" | "middle" | "right", boolean>> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#pad canvas");
    const { data, width = 1 } = canvas?.getContext("2d")?.getImageData(0, 0, 28, 28) ?? { data: [] };
    const isInked = (third: number) =>
      data.some((value, k) => k % 4 === 3 && value > 0 && Math.floor((3 * ((k >> 2) % width)) / width) === third);
    return { left: isInked(0), middle: isInked(1), right: isInked(2) };
  });
}

/** Keeps the sum of the layout shifts of a page, as Chromium weighs them. */
function addUpShifts(): void {
  const page = globalThis as unknown as { shift: number };
  page.shift = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) page.shift += (entry as PerformanceEntry & { value: number }).value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
}

describe("the rooms", () => {
  it("are reached from each other, and each says which one it is", async () => {
    const open = await demo.enter("index", {});
    for (const { page, name } of [...ROOMS, ...ROOMS.toReversed()]) {
      await open.page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
      await open.page.waitForURL(`**/${page}.html`);
      expect(await open.page.getByRole("navigation").locator("[aria-current=page]").textContent()).toBe(name);
    }
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it.each(["index", "teach", "listen", "race", "bench", "kernels"] as const)(
    "run and load what is their own alone: %s",
    async (room) => {
      const open = await demo.enter(room, {});
      const refused = await open.page.evaluate(async () => {
        const directives: string[] = [];
        const all = new Promise<void>((resolve) => {
          document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
            if (directives.push(effectiveDirective) === 4) resolve();
          });
        });
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        const image = new Image();
        image.src = "https://elsewhere.example/pixel.png";
        document.body.append(script, image);
        document.body.setAttribute("style", "display: none");
        await fetch("https://elsewhere.example/").catch(() => undefined);
        await all;
        return directives.sort();
      });
      expect(refused).toEqual(["connect-src", "img-src", "script-src-elem", "style-src-attr"]);
      expect(await open.page.title()).not.toBe("taken over");
      await open.page.close();
    },
  );

  it.each(PLACES)("begin with a page that can be read: %s", async (place, options) => {
    await isReadable(await demo.enter("index", options), `index-${place}`);
  });

  it.each(PLACES)("teach readably: %s", async (place, options) => {
    const open = await demo.enter("teach", { ...options, reducedMotion: "reduce" });
    for (const stroke of SYMBOLS["wave"] ?? []) await open.draw(...stroke);
    await open.button("New symbol").click();
    await open.page.waitForSelector("html[data-state=ready] #answer[aria-busy=false]");
    for (const stroke of unsteady(SYMBOLS["bolt"] ?? [], 1)) await open.draw(...stroke);
    await open.page.waitForSelector("#answer[aria-busy=false]");
    expect(await open.answerIsBesidePad()).toBe(true);
    await open.page.getByText("What the library did, in code").click();
    await isReadable(open, `teach-${place}`);
  });

  it.each(PLACES)("listen readably: %s", async (place, options) => {
    const open = await demo.enter("listen", options);
    await open.page.setInputFiles(
      "#files",
      [1, 2].map((seed) => fileOf(glide(300, 1600, seed))),
    );
    await expect.poll(() => open.page.locator("#heard li").count()).toBe(2);
    await open.page.waitForSelector("#inside[aria-busy=false]");
    await open.page.getByText("What the library did, in code").click();
    await isReadable(open, `listen-${place}`);
  });

  it.each([
    ["index", 560],
    ["teach", 558],
    ["listen", 140],
    ["race", 990],
  ] as const)("send nothing anywhere when they open, and need little: %s, %i kB", async (room, max) => {
    const open = await demo.enter(room, {});
    const ready = await open.page.evaluate(() => performance.now());
    const kilobytes = Math.round((await open.travelled()) / 1000);
    console.log(`${room}: ready after ${Math.round(ready)} ms, ${kilobytes} kB`);
    expect(open.sent()).toEqual([]);
    expect(kilobytes).toBeLessThan(max);
    if (room === "listen") {
      await open.page.setInputFiles("#files", fileOf(glide(300, 1600, 1)));
      await open.page.waitForSelector("#heard li");
      console.log(`first word heard ${Math.round((await open.page.evaluate(() => performance.now())) - ready)} ms later`);
    }
    await open.page.close();
  });

  it.each(ROOMS.map(({ page }) => page))("stay where they are while they load: %s", async (room) => {
    for (const [width, height] of [
      [1280, 720],
      [1200, 900],
      [390, 844],
      [1680, 1050],
    ] as const) {
      const open = await demo.enter(room, { viewport: { width, height } }, (page) => page.addInitScript(addUpShifts));
      await open.frames(3);
      expect(await open.page.evaluate(() => (globalThis as unknown as { shift: number }).shift)).toBeLessThan(0.05);
      await open.page.close();
    }
  });

  it.each(["index", "teach", "listen"] as const)(
    "have no nameless figure before there is something to show: %s",
    async (room) => {
      const open = await demo.enter(room, {});
      expect(await open.barriers()).toEqual([]);
      await open.page.close();
    },
  );

  it("have controls that a finger hits: Teach", async () => {
    const open = await demo.enter("teach", { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
    const small = await open.page.locator("button, summary, input:not(.visually-hidden)").evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility())
        .map((one) => ({ id: one.id, ...one.getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => Math.min(width, height) < 24)
        .map(({ id }) => id),
    );
    expect(small).toEqual([]);
    await open.page.close();
  });

  it.each(["index", "teach", "listen", "race"] as const)("say that they need JavaScript: %s", async (room) => {
    const open = await demo.enter(room, { javaScriptEnabled: false });
    expect(await open.page.locator("noscript p").isVisible()).toBe(true);
    expect(await open.text("noscript p")).toMatch(/needs JavaScript/);
    expect(await open.page.locator("#state").isVisible()).toBe(false);
    await open.page.close();
  });

  it("say on a narrow screen what could not be loaded", async () => {
    const context = { viewport: { width: 320, height: 568 } };
    const open = await demo.enter("teach", context, (page) => page.route(/\.wasm$/, (route) => route.abort()), "failed");
    expect(await open.text("#state")).toMatch(/the WebAssembly can't be loaded from http/);
    expect(await open.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await open.page.close();
  });

  it("draw with one finger at a time", async () => {
    const open = await demo.enter("teach", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const touch = await open.touch();
    await touch("touchStart", { 1: [0.2, 0.2] });
    await touch("touchMove", { 1: [0.2, 0.8] });
    await touch("touchStart", { 1: [0.2, 0.8], 2: [0.8, 0.2] });
    await touch("touchMove", { 1: [0.2, 0.8], 2: [0.8, 0.8] });
    await touch("touchEnd", { 2: [0.8, 0.8] });
    expect(await columnsOf(open)).toEqual({ left: true, middle: false, right: false });
    await touch("touchMove", { 1: [0.5, 0.8] });
    await touch("touchEnd", { 1: [0.5, 0.8] });
    expect(await columnsOf(open)).toEqual({ left: true, middle: true, right: false });
    await open.page.close();
  });

  it("draw with the left button alone, while it is held", async () => {
    const open = await demo.enter("teach", {});
    const { mouse } = open.page;
    const onPad = await open.onPad();
    const move = async (...place: [x: number, y: number]) => {
      const { x, y } = onPad(place);
      await mouse.move(x, y, { steps: 4 });
    };
    await move(0.8, 0.2);
    await mouse.down({ button: "right" });
    await move(0.8, 0.8);
    await mouse.up({ button: "right" });
    expect(await columnsOf(open)).toEqual({ left: false, middle: false, right: false });
    await move(0.2, 0.2);
    await mouse.down();
    await move(0.2, 0.8);
    // A menu took the end of the stroke.
    await open.page.locator("#pad canvas").dispatchEvent("pointermove", { pointerId: 1, buttons: 0 });
    await move(0.8, 0.8);
    expect(await columnsOf(open)).toEqual({ left: true, middle: false, right: false });
    await open.page.close();
  });

  it("work by keyboard alone, and say what happens: Teach", async () => {
    const open = await demo.enter("teach", {});
    const { keyboard } = open.page;
    const announcements = await open.record("#announcement");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    expect(await open.page.locator("#pad canvas:focus").count()).toBe(1);
    await keyboard.press("Space");
    for (let k = 0; k < 15; k++) await keyboard.press("ArrowDown");
    await expect.poll(async () => (await announcements()).join("\n")).toMatch(/^.+ Decided at step \d+|^Not sure\./m);
    await open.button("New symbol").press("Enter");
    await expect.poll(async () => (await announcements()).join("\n")).toMatch(/^Kept, and learning\.$/m);
    expect(await open.page.locator("#pad canvas:focus").count()).toBe(1);
    await expect.poll(async () => (await announcements()).join("\n")).toMatch(/^Symbol 3\. Decided at step \d+/m);
    await open.page.getByRole("button", { name: "Remove drawing 1 of Symbol 3" }).press("Enter");
    expect(await open.page.getByRole("list", { name: "0 drawings of Symbol 3" }).count()).toBe(1);
    for (let undone = 0; undone < 2; undone++) await open.button("Undo").press("Enter");
    await open.frames(2);
    expect(await open.page.locator("#undo:focus").count()).toBe(1);
    expect(await open.button("Undo").isDisabled()).toBe(true);
    await open.page.close();
  });

  it("work by keyboard alone, and say what happens: Listen", async () => {
    const open = await demo.enter("listen", {});
    const { keyboard } = open.page;
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    expect(await open.text(":focus")).toBe("Listen");
    await keyboard.press("Enter");
    // There is no microphone here.
    await expect.poll(() => open.text("#announcement")).toMatch(/^There is no microphone that this page may use\./);
    await keyboard.press("Tab");
    expect(await open.page.locator("#files:focus").count()).toBe(1);
    await open.page.close();
  });

  it("work by keyboard alone, and say what happens: the benchmark", async () => {
    const open = await demo.enter("bench", {});
    await open.page.keyboard.press("Tab");
    await open.page.keyboard.press("Enter");
    await expect.poll(() => open.text("#state")).toMatch(/ …$/);
    await open.frames(2);
    expect(await open.page.locator("#start:focus").count()).toBe(1);
    expect(await open.page.locator("#start").isDisabled()).toBe(true);
    await open.page.close();
  });
});
