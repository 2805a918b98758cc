import { readFile } from "node:fs/promises";
import type { BrowserContextOptions } from "playwright-core";
import { datasets, encode, restoreNetwork } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { centred } from "../../ts/page/centred.js";
import { Demo, type DemoPage } from "./demo-page.js";
import { failWorkers, keepWorkers } from "./failing-workers.js";
import { traceMainThread } from "./main-thread.js";
import { keepPage, keepScreenshot } from "./screenshot.js";
import { SYMBOLS, unsteady } from "./strokes.js";

const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 900 } };
const NAMES = Object.keys(SYMBOLS);
const SIDE = 28;

let demo: Demo;
let open: DemoPage;

beforeAll(async () => {
  demo = await Demo.serve();
  open = await demo.enter("teach", DESK);
});

afterAll(() => demo?.[Symbol.asyncDispose]());

/** Draws a symbol by an unsteady hand. */
async function draw(name: string, seed: number, on = open): Promise<void> {
  for (const stroke of unsteady(SYMBOLS[name] ?? [], seed)) await on.draw(...stroke);
}

/** Grey values of what is on the pad. */
async function drawing(): Promise<Uint8Array> {
  const pixels = await open.page.evaluate((side) => {
    const context = document.querySelector("canvas")?.getContext("2d");
    return Array.from(context?.getImageData(0, 0, side, side).data ?? []).filter((_, k) => k % 4 === 3);
  }, SIDE);
  return Uint8Array.from(pixels);
}

/** What the page says once it has looked at all that was drawn. */
async function answer(): Promise<string> {
  await open.page.waitForSelector("#inside[aria-busy=false]");
  return open.text("#answer");
}

describe("Teach", () => {
  it("keeps drawings; they can be undone, and symbols renamed and removed", async () => {
    const { page } = open;
    await draw("ring", 900);
    await open.button("Keep").click();
    expect(await page.getByRole("list", { name: "1 of 5 drawings of Symbol 1" }).count()).toBe(1);
    await open.button("Undo").click();
    expect(await page.getByRole("list", { name: "0 of 5 drawings of Symbol 1" }).count()).toBe(1);
    await draw("ring", 901);
    await open.button("Keep").click();
    await open.button("Remove drawing 1 of Symbol 1").click();
    expect(await page.getByRole("list", { name: "0 of 5 drawings of Symbol 1" }).count()).toBe(1);
    await open.button("Add a symbol").click();
    const name = page.getByLabel("Name of Symbol 2");
    await name.fill("bolt");
    await name.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Remove bolt");
    await page.getByLabel("Name of bolt").fill("Symbol 2");
    await open.button("Remove Symbol 3").click();
    expect(await page.getByLabel("Name of").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).toEqual([
      "Symbol 1",
      "Symbol 2",
    ]);
    expect(await open.button("Learn").isDisabled()).toBe(true);
  });

  it("says what the lesson lacks: symbols too, and more drawings than it asks for", async () => {
    const other = await demo.enter("teach", DESK);
    const said = () => other.text("#state");
    for (const k of [2, 1]) await other.button(`Remove Symbol ${k}`).click();
    expect(await said()).toBe("Add a symbol.");
    for (let k = 0; k < 2; k++) await other.button("Undo").click();
    for (let k = 0; k < 5; k++) {
      await draw("ring", k, other);
      await other.button("Keep").click();
    }
    expect(await said()).toBe("Draw Symbol 2, 1 of 5.");
    await other.page.getByRole("radio", { name: "Draw Symbol 1 next" }).check();
    expect(await said()).toBe("Draw Symbol 1, once more.");
    await other.button("Remove Symbol 2").click();
    expect(await said()).toBe("Add a symbol.");
    expect(await other.page.locator("#learn").getAttribute("aria-disabled")).toBe("true");
    await other.page.close();
  });

  it("learns five symbols while the page stays free, and reads what it left out", async () => {
    const { page } = open;
    for (let more = 2; more < NAMES.length; more++) await open.button("Add a symbol").click();
    for (const [k, name] of NAMES.entries()) {
      const field = page.locator(".sign input[type=text]").nth(k);
      await field.fill(name);
      await field.press("Tab");
    }
    await page.getByRole("radio", { name: "Draw ring next" }).check();
    for (const [symbol, name] of NAMES.entries()) {
      for (let take = 0; take < 5; take++) {
        await draw(name, 10 * symbol + take);
        await open.button("Keep").click();
      }
    }
    const thread = await traceMainThread(demo.browser, page, async () => {
      const start = performance.now();
      await open.button("Learn").click();
      await open.reached("tested");
      console.log(`learnt, and left out and read, in ${Math.round(performance.now() - start)} ms`);
    });
    console.log("main thread of Teach while it learns", thread);
    expect(thread.longest).toBeLessThan(50);
    const [, right, of] = /: (\d+) of (\d+) drawings right/.exec(await open.text("#left-out")) ?? [];
    console.log(await open.text("#left-out"));
    expect(of).toBe("25");
    expect(Number(right)).toBeGreaterThanOrEqual(22);
    expect(await open.collisions()).toEqual([]);
  });

  it("reads nine of ten drawings that it has not seen, spike by spike", async () => {
    // Those who want no motion are shown the end at once.
    await open.page.emulateMedia({ reducedMotion: "reduce" });
    const read: string[] = [];
    for (const [symbol, name] of NAMES.entries()) {
      for (const seed of [500 + symbol, 600 + symbol]) {
        await open.button("Clear").click();
        await draw(name, seed);
        read.push(`${name}: ${(await answer()).split(" fires")[0]}`);
      }
    }
    console.log(read);
    expect(read.filter((one) => /^(.+): \1$/.test(one)).length).toBeGreaterThanOrEqual(9);
    expect(await open.page.getByRole("img", { name: /^Membranes of 5 outputs; first spikes: .*wave at step/ }).count()).toBe(1);
    await keepPage(open.page, "teach");
    await keepScreenshot(open.page, "teach", 970);
  });

  it("saves a checkpoint that Node and the page read alike", async () => {
    const save = async () => {
      const download = open.page.waitForEvent("download");
      await open.button("Save").click();
      const checkpoint = await readFile(await (await download).path());
      const network = await restoreNetwork(new Uint8Array(checkpoint));
      return {
        checkpoint,
        network,
        origin: JSON.parse(network.info.origin ?? "") as { classes: string[]; drawings: string[][] },
      };
    };
    const { checkpoint, network, origin } = await save();
    const { classes, drawings } = origin;
    expect(classes).toEqual(NAMES);
    expect(drawings.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5]);
    await open.button(`Remove ${NAMES[1]}`).click();
    const after = await save();
    expect(after.origin, "with the symbol that was removed since").toEqual(origin);
    after.network.dispose();
    await open.button("Undo").click();

    await open.page.setInputFiles("#load", { name: "symbols.safetensors", mimeType: "", buffer: checkpoint });
    await open.reached("learnt");
    for (const [symbol, name] of NAMES.entries()) {
      await draw(name, 700 + symbol);
      const seen = await answer();
      const data = datasets.fromImages({ pixels: centred(await drawing()), shape: [SIDE, SIDE] });
      const {
        classes: decided,
        decisionStep,
        layers,
      } = await network.predict(data.encode(encode.latency({ first: 0, last: 20 })));
      const spikes = layers.reduce((sum, layer) => sum + layer.times.length, 0);
      expect(seen).toBe(`${classes[decided[0] ?? 0]} fires first, at step ${decisionStep?.[0]}. ${spikes} spikes.`);
      await open.button("Clear").click();
    }
    network.dispose();
  });

  it("sends nothing anywhere", () => {
    expect(open.requests.length).toBeGreaterThan(3);
    expect(open.sent()).toEqual([]);
  });

  it("refuses files that it did not save, in words", async () => {
    await open.page.setInputFiles("#load", { name: "x.safetensors", mimeType: "", buffer: Buffer.from("no checkpoint") });
    await expect.poll(() => open.text("#state")).toMatch(/^x\.safetensors can't be loaded: /);
    expect(await open.page.locator("#state.failure").count()).toBe(1);
    expect(open.complaints).toEqual([]);
  });

  it("says nothing of an earlier network once another is loaded, and plays what was read alone", async () => {
    const other = await demo.enter("teach", { ...DESK, reducedMotion: "reduce" });
    const canPlay = () => other.button("Next").isEnabled();
    expect(await canPlay()).toBe(false);
    for (const [k, name] of ["ring", "bolt"].entries()) {
      await other.page.getByRole("radio", { name: `Draw Symbol ${k + 1} next` }).check();
      for (const seed of [1, 2]) {
        await draw(name, seed, other);
        await other.button("Keep").click();
      }
    }
    await other.button("Learn").click();
    await other.reached("tested");
    const [download] = await Promise.all([other.page.waitForEvent("download"), other.button("Save").click()]);
    await draw("bolt", 3, other);
    await expect.poll(() => other.text("#answer")).toMatch(/fires first|No output fires/);
    await other.page.setInputFiles("#load", await download.path());
    await expect.poll(() => other.text("#state")).toBe("Loaded. Draw one to see it read.");
    expect(await canPlay()).toBe(false);
    expect(await other.text("#answer")).toBe("Draw one to see it read.");
    await draw("ring", 3, other);
    await expect.poll(() => other.text("#answer")).toMatch(/fires first|No output fires/);
    expect(await canPlay()).toBe(true);
    await other.page.close();
  });

  it("can learn again after learning has failed", async () => {
    const fresh = await demo.enter("teach", DESK, keepWorkers);
    for (const [k, name] of ["ring", "bolt"].entries()) {
      await fresh.page.getByRole("radio", { name: `Draw Symbol ${k + 1} next` }).check();
      for (const seed of [1, 2]) {
        await draw(name, seed, fresh);
        await fresh.button("Keep").click();
      }
    }
    const announcements = await fresh.record("#announcement");
    await failWorkers(fresh.page, "#state", "Learning, round 2");
    await fresh.button("Learn").click();
    await fresh.reached("failed");
    expect(await fresh.text("#state")).toContain("the worker failed: out of memory");
    expect(await fresh.page.locator("#progress").isVisible()).toBe(false);
    await fresh.button("Learn").click();
    await fresh.reached("tested");
    expect((await announcements()).join("\n")).toContain("the worker failed: out of memory");
    expect(fresh.complaints).toEqual([]);
    await fresh.page.close();
  });
});
