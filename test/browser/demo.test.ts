import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Demo, type DemoPage } from "./demo-page.js";
import { failWorkers, keepWorkers } from "./failing-workers.js";
import { FONTS, useFont } from "./fonts.js";
import { traceMainThread } from "./main-thread.js";
import { keepPage, keepScreenshot, SCREENSHOTS } from "./screenshot.js";

const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.serve();
});

afterAll(() => demo?.[Symbol.asyncDispose]());

describe("the demo", () => {
  let open: DemoPage;
  beforeAll(async () => {
    open = await demo.open(DESK);
  });
  afterAll(async () => {
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("starts three rules from the same network", async () => {
    const [start] = await open.numbers();
    expect(new Set(start?.accuracy).size).toBe(1);
    expect(start?.accuracy[0]).toBeLessThan(25);
    expect(await open.collisions()).toEqual([]);
  });

  it("makes one update, and no more", async () => {
    await open.button("One update").click();
    await expect.poll(() => open.updates()).toBe(1);
    await open.button("One update").click();
    await expect.poll(() => open.updates()).toBe(2);
  });

  it("trains all three until they can read, their units fire, and the page stays free", async () => {
    const thread = await traceMainThread(demo.browser, open.page, async () => {
      await open.button("Train").click();
      await open.trained(5);
      await open.button("Pause").click();
    });
    const last = (await open.numbers()).at(-1);
    expect(Math.min(...(last?.accuracy ?? []))).toBeGreaterThan(70);
    expect(Math.min(...(last?.spikes ?? []))).toBeGreaterThan(10);
    console.log("main thread of the demo while it trains", thread);
    expect(thread.tasks).toBeGreaterThan(100);
    expect(thread.longest).toBeLessThan(50);
    expect(await open.collisions()).toEqual([]);
    await keepPage(open.page, "light");
  });

  it("holds still when paused", async () => {
    const before = await open.updates();
    await open.frames(20);
    expect(await open.updates()).toBe(before);
    expect(before).toBeGreaterThan(100);
  });

  it("shows the inside of the network that is chosen", async () => {
    await open.page.getByRole("radio", { name: "Timing" }).check();
    expect(await open.text("#chosen")).toBe("Timing");
    await expect.poll(() => open.text("#spike-change-keys")).toMatch(/earlier [1-9].*later [1-9].*born 0.*gone 0/s);
    await open.page.getByRole("radio", { name: "Activation" }).check();
    await expect.poll(() => open.text("#spike-change-keys")).toMatch(/earlier 0.*later 0/s);
    await open.page.getByRole("radio", { name: "ANTLR" }).check();
  });

  it("classifies a drawing spike by spike", async () => {
    await open.button("Clear").click();
    await expect.poll(() => open.text("#answer")).toMatch(/^No output/);
    const answers = await open.record("#answer");
    // The clock of the page stands but where the test lets it go on: no stroke is late, and no step of the replay is skipped.
    await open.page.clock.install();
    await open.draw([0.5, 0.2], [0.5, 0.8]);
    // What is read depends on how long the network has learnt, and that on the machine.
    const whole = /^No output has fired, \d+ spikes? so far[\s\S]*\n(\d) fires first, at step \d+\. \d+ spikes\.$/m;
    let text = "";
    await expect
      .poll(async () => {
        await open.page.clock.runFor(45);
        text = (await answers()).join("\n");
        return text;
      })
      .toMatch(whole);
    await open.page.clock.resume();
    const [, digit] = whole.exec(text) ?? [];
    const membranes = new RegExp(`^Membranes of 10 outputs; first spikes: .*\\b${digit} at step \\d+`);
    expect(await open.page.getByRole("img", { name: membranes }).count()).toBe(1);
    await keepPage(open.page, "drawing");
  });

  it("has a course that says nothing to one of the rules", async () => {
    await open.page.getByRole("radio", { name: "First spike alone" }).check();
    await expect.poll(async () => (await open.numbers()).length).toBe(1);
    await open.reached("ready");
    await open.button("Train").click();
    await open.trained(4);
    await open.button("Pause").click();
    const [, first, ...rows] = await open.numbers();
    expect(new Set([first, ...rows].map((row) => row?.accuracy[0])).size).toBe(1);
    const [activation = 0, timing = 0, antlr = 0] = rows.at(-1)?.accuracy ?? [];
    expect(Math.min(timing, antlr)).toBeGreaterThan(activation + 20);
    const ideas = open.page.locator(".ideas p");
    expect(await ideas.evaluateAll((all) => all.filter((one) => one.checkVisibility({ visibilityProperty: true })).length)).toBe(
      1,
    );
    expect(await ideas.filter({ hasText: "they give Activation no gradient" }).isVisible()).toBe(true);
  });

  it("ends with a sentence on who won, goes on, and begins again with another seed", async () => {
    await open.page.getByText("Settings", { exact: true }).click();
    for (const slider of ["#hidden", "#steps"]) await open.page.locator(slider).press("Home");
    await open.reached("ready");
    const announcements = await open.record("#announcement");
    await open.button("Train").click();
    await open.reached("over");
    const result = await open.text("#result");
    expect(result).toMatch(/^\w.* best \(\d+\.\d % right\).*\.$/);
    expect(await announcements()).toContain(`20 epochs are over. ${result}`);
    await open.button("20 more epochs").click();
    await expect.poll(() => open.text("#state")).toMatch(/^training: epoch 2\d of 40, update \d+$/);
    expect(await open.page.locator("#result").isVisible()).toBe(false);
    await open.button("Pause").click();
    expect(await open.collisions()).toEqual([]);
    await open.button("Another seed").click();
    await expect.poll(() => open.text("#state")).toMatch(/^training: epoch \d+ of 20, /);
    expect(await open.text("output[for=seed]")).toBe("2");
    await open.button("Pause").click();
    await open.page.getByText("Settings", { exact: true }).click();
  });

  it("starts over with other settings, from the same network for all", async () => {
    await open.page.getByText("Settings", { exact: true }).click();
    await open.page.getByRole("slider", { name: /^Steps of the simulation/ }).fill("40");
    await expect.poll(async () => (await open.numbers()).length).toBe(1);
    await expect.poll(() => open.text("#state")).toMatch(/^ready/);
    await expect.poll(() => open.page.getByLabel("Step shown").getAttribute("max")).toBe("39");
  });
});

describe("the demo, for everyone", () => {
  it("leaves out numbers that a narrow axis has no room for", async () => {
    const narrow = await demo.open({
      viewport: { width: 320, height: 568 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    });
    await narrow.page.getByText("Settings", { exact: true }).click();
    await narrow.page.locator("#steps").press("End");
    await expect.poll(() => narrow.page.locator("#playhead").getAttribute("max")).toBe("119");
    await narrow.frames(2);
    expect(await narrow.collisions()).toEqual([]);
    await narrow.page.close();
  });

  it.each(Object.keys(FONTS) as (keyof typeof FONTS)[])("keeps words apart whatever the font: %s", async (font) => {
    for (const options of [DESK, PHONE]) {
      const open = await demo.open(options, "ready", (page) => useFont(page, font));
      expect(await open.page.evaluate(() => document.fonts.check("12px Tried"))).toBe(true);
      await open.page.getByText("Settings", { exact: true }).click();
      await open.page.locator("#steps").press("End");
      await expect.poll(() => open.page.locator("#playhead").getAttribute("max")).toBe("119");
      await open.frames(2);
      expect(await open.collisions()).toEqual([]);
      await open.button("Train").click();
      await open.trained(2);
      await open.button("Pause").click();
      expect(await open.collisions()).toEqual([]);
      await keepPage(open.page, `${font} ${options.viewport?.width}`);
      await open.page.close();
    }
  });

  it("marks the digit that is shown, in forced colours too", async () => {
    const forced = await demo.open({ ...DESK, forcedColors: "active" });
    const outlines = await forced.page
      .locator(".sample")
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).outlineStyle));
    expect(outlines).toEqual(Array.from({ length: 10 }, (_, digit) => (digit === 3 ? "solid" : "none")));
    await forced.page.close();
  });

  it("works by keyboard alone, and says what happens", async () => {
    const open = await demo.open({ ...DESK, reducedMotion: "reduce" });
    const { keyboard } = open.page;
    const announcements = await open.record("#announcement");
    const said = async () => (await announcements()).join("\n");
    await keyboard.press("Tab");
    expect(await open.text(":focus")).toBe("Skip to the controls");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    expect(await open.text(":focus")).toBe("Train");
    await keyboard.press("Enter");
    await expect.poll(said).toMatch(/^training: epoch/m);
    await open.trained(1);
    await keyboard.press("Enter");
    await expect.poll(said).toMatch(/^paused: epoch/m);
    for (let k = 0; k < 5; k++) await keyboard.press("Tab");
    await keyboard.press("ArrowLeft");
    expect(await open.text("#chosen")).toBe("Timing");
    await keyboard.press("ArrowRight");
    for (let k = 0; k < 3; k++) await keyboard.press("Tab");
    expect(await open.page.locator("#pad canvas:focus").count()).toBe(1);
    await keyboard.press("Delete");
    await expect.poll(said).toMatch(/^cleared$/m);
    await keyboard.press("Space");
    await expect.poll(said).toMatch(/^pen down at column 14, row 6$/m);
    for (let k = 0; k < 17; k++) await keyboard.press("ArrowDown");
    await expect.poll(said).toMatch(/^\d fires first, at step \d+/m);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("shows stills one by one to those who want no motion", async () => {
    const open = await demo.open({ ...DESK, reducedMotion: "reduce" });
    await expect.poll(() => open.text("#answer")).not.toBe("");
    const seen: string[] = [];
    for (let k = 0; k < 12; k++) {
      await open.button("Next").click();
      seen.push(await open.text("#playhead-step"));
    }
    expect(seen).toEqual([...[0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 59].map((step) => `step ${step}`), "step 0"]);
    await open.page.emulateMedia({ reducedMotion: "no-preference" });
    await expect.poll(() => open.text("#watch")).toBe("Play");
    await open.page.close();
  });

  it("keeps the focus on a button that can't be used meanwhile", async () => {
    const open = await demo.open(DESK);
    const states = await open.record("#state");
    await open.button("Start over").press("Enter");
    await expect.poll(async () => (await states()).at(-1)).toMatch(/^ready/);
    expect((await states())[0]).toMatch(/^getting ready/);
    await open.frames(2);
    expect(await open.page.locator("#reset:focus").count()).toBe(1);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it.each([
    ["dark", { ...DESK, colorScheme: "dark" }],
    ["phone", PHONE],
    ["wide", { viewport: { width: 1680, height: 1050 } }],
  ] as const)("is readable: %s", async (name, options) => {
    const open = await demo.open(options);
    expect(await open.collisions()).toEqual([]);
    await open.button("Train").click();
    await open.trained(SCREENSHOTS === undefined ? 1 : 20);
    if (SCREENSHOTS === undefined) await open.button("Pause").click();
    else await keepScreenshot(open.page, "race", 1720);
    for (const summary of ["The numbers", "Settings"]) await open.page.getByText(summary, { exact: true }).click();
    expect(await open.unreachableScrollers()).toEqual([]);
    expect(await open.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await open.collisions()).toEqual([]);
    expect(await open.barriers()).toEqual([]);
    expect(open.complaints).toEqual([]);
    await keepPage(open.page, name);
    await open.page.close();
  });

  it("says what failed to those who don't see it", async () => {
    const open = await demo.open(DESK, "ready", keepWorkers);
    const announcements = await open.record("#announcement");
    const failures = async () =>
      (await announcements()).filter((text) => text.includes("the worker failed: out of memory")).length;
    await expect.poll(() => open.text("#answer")).not.toBe("");
    await failWorkers(open.page, "#state", "ready");
    await open.page.getByRole("radio", { name: "Timing" }).check();
    await expect.poll(failures).toBe(1);
    await open.button("One update").click();
    await expect.poll(failures).toBe(2);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("shows what failed, and starts over after it", async () => {
    const open = await demo.open(DESK, "ready", keepWorkers);
    // The second update fails while the figures of the first are still to be drawn.
    await failWorkers(open.page, "#state", "paused: epoch");
    await open.page.evaluate(() => {
      for (let click = 0; click < 2; click++) document.querySelector<HTMLElement>("#step")?.click();
    });
    await open.reached("failed");
    await open.frames(20);
    expect(await open.text("#state")).toContain("the worker failed: out of memory");
    expect(await open.button("Train").isDisabled()).toBe(true);
    await open.button("Start over").click();
    await open.reached("ready");
    await open.button("One update").click();
    await expect.poll(() => open.updates()).toBe(1);
    await open.page.close();
  });

  it("says in words what a browser without SIMD lacks", async () => {
    const open = await demo.open(DESK, "failed", (page) =>
      page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false })),
    );
    expect(await open.text("#state")).toContain("WebAssembly with SIMD");
    expect(await open.text("#announcement")).toContain("WebAssembly with SIMD");
    await open.page.close();
  });
});
