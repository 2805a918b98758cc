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

/** Readers who want no motion are shown the end at once. */
const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 900 }, reducedMotion: "reduce" };
const NAMES = Object.keys(SYMBOLS);
const SIDE = 28;
const SURE = /^(.+)\. Decided at step \d+ of 60 with \d+ spikes\.$/;

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.serve();
});

afterAll(() => demo?.[Symbol.asyncDispose]());

/** Draws a symbol by an unsteady hand. */
async function draw(open: DemoPage, name: string, seed: number): Promise<void> {
  for (const stroke of unsteady(SYMBOLS[name] ?? [], seed)) await open.draw(...stroke);
}

/** What the page answers once it has learnt and read all that was drawn. */
async function answer(open: DemoPage): Promise<string> {
  await open.page.waitForSelector("html[data-state=ready] #answer[aria-busy=false]");
  return open.text("#answer");
}

/** Draws a symbol on an empty pad and returns the answer. */
async function ask(open: DemoPage, name: string, seed: number): Promise<string> {
  await open.button("Clear").click();
  await draw(open, name, seed);
  return answer(open);
}

/** Draws one more of a symbol that the list shows, and waits until it is learnt. */
async function teach(open: DemoPage, shown: string, name: string, seed: number): Promise<void> {
  await open.button("Clear").click();
  await draw(open, name, seed);
  await open.button(shown === "" ? "New symbol" : `It was this: ${shown}`).click();
  await answer(open);
}

/** Names and numbers of drawings of the symbols. */
function signs({ page }: DemoPage): Promise<string[]> {
  return page
    .locator(".sign")
    .evaluateAll((all) =>
      all.map((one) => `${one.querySelector("input")?.value} ${one.querySelectorAll(".take canvas").length}`),
    );
}

/** Names of the symbols that are lit in a way. */
function lit({ page }: DemoPage, kind: "sure" | "unsure"): Promise<string[]> {
  return page.locator(`.sign.${kind} input`).evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
}

/** Grey values of what is on the pad. */
async function drawing({ page }: DemoPage): Promise<Uint8Array> {
  const pixels = await page.evaluate((side) => {
    const context = document.querySelector<HTMLCanvasElement>("#pad canvas")?.getContext("2d");
    return Array.from(context?.getImageData(0, 0, side, side).data ?? []).filter((_, k) => k % 4 === 3);
  }, SIDE);
  return Uint8Array.from(pixels);
}

describe("Teach", () => {
  it("knows two symbols at the start, and answers the first drawing at the pad", async () => {
    const open = await demo.enter("teach", DESK);
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1"]);
    const announcements = await open.record("#announcement");
    for (const [name, seed] of [
      ["bolt", 1],
      ["ring", 2],
    ] as const) {
      const said = await ask(open, name, seed);
      expect(SURE.exec(said)?.[1]?.toLowerCase()).toBe(name);
      expect(await lit(open, "sure")).toEqual([SURE.exec(said)?.[1]]);
      expect(await announcements()).toContain(said);
    }
    await open.button("Clear").click();
    expect(await lit(open, "sure")).toEqual([]);
    expect(await open.text("#answer")).toBe("Draw something: the answer comes here.");
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("learns a new symbol by one click and one drawing, in either order", async () => {
    const open = await demo.enter("teach", DESK);
    await open.button("New symbol").click();
    expect(await open.text("#prompt")).toBe("Draw Symbol 3: it learns after each stroke");
    await draw(open, "wave", 1);
    expect(SURE.exec(await answer(open))?.[1]).toBe("Symbol 3");
    await open.button("Done").click();
    expect(await open.page.locator("#pad canvas:focus").count()).toBe(1);
    // The first stroke after a finished drawing begins another.
    await draw(open, "roof", 2);
    await answer(open);
    await open.button("New symbol").click();
    expect(SURE.exec(await answer(open))?.[1]).toBe("Symbol 4");
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 1", "Symbol 4 1"]);
    expect(SURE.exec(await ask(open, "wave", 3))?.[1]).toBe("Symbol 3");
    expect(SURE.exec(await ask(open, "roof", 4))?.[1]).toBe("Symbol 4");
    await open.page.close();
  });

  it("learns after each stroke of a drawing, which is undone as one", async () => {
    const open = await demo.enter("teach", DESK);
    await open.button("New symbol").click();
    const states = await open.record("#state");
    const [first = [], second = []] = SYMBOLS["cross"] ?? [];
    await open.draw(...first);
    await answer(open);
    await open.draw(...second);
    expect(SURE.exec(await answer(open))?.[1]).toBe("Symbol 3");
    expect((await states()).filter((state) => state === "Learning 3 symbols from 3 drawings …")).toHaveLength(2);
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 1"]);
    await open.button("Undo").click();
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 0"]);
    expect(await open.page.locator("#done").isVisible()).toBe(false);
    await answer(open);
    await open.button("Draw it: Symbol 3").click();
    await open.draw(...first);
    await answer(open);
    await open.button("Clear").click();
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 0"]);
    await open.button("Undo").click();
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 1"]);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("says that it is not sure where two outputs are close, and learns what it is told", async () => {
    const open = await demo.enter("teach", DESK);
    // The same drawing as a symbol of its own: two outputs learn to fire first.
    for (let twice = 0; twice < 2; twice++) await teach(open, "", "wave", 5);
    expect(await open.text("#answer")).toMatch(/^Not sure\. Symbol [34] fires at step \d+, Symbol [34] /);
    expect((await lit(open, "unsure")).sort()).toEqual(["Symbol 3", "Symbol 4"]);
    expect(await lit(open, "sure")).toEqual([]);
    await open.button("Remove Symbol 4").click();
    expect(SURE.exec(await answer(open))?.[1]).toBe("Symbol 3");
    await teach(open, "Symbol 3", "wave", 6);
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1", "Symbol 3 2"]);
    await open.page.close();
  });

  it("renames, removes and takes back, and says what is missing", async () => {
    const open = await demo.enter("teach", DESK);
    const { page } = open;
    const name = page.getByLabel("Name of Ring");
    await name.fill("moon");
    await name.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Remove moon");
    expect(await open.page.locator("html").getAttribute("data-state"), "a name is nothing to learn").toBe("ready");
    expect((await ask(open, "ring", 3)).startsWith("moon.")).toBe(true);
    await open.button("Remove drawing 1 of moon").click();
    expect(await open.text("#state")).toBe("A network needs two symbols with a drawing each.");
    expect(await open.text("#answer")).toBe("Draw something: the answer comes here.");
    expect(await open.button("Save").isDisabled()).toBe(true);
    await open.button("Remove moon").click();
    for (let k = 0; k < 3; k++) await open.button("Undo").click();
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1"]);
    expect(await open.button("Undo").isDisabled()).toBe(true);
    // The drawing on the pad is read anew once the symbols are learnt again.
    await expect.poll(() => open.text("#answer")).toMatch(/^Ring\./);
    await page.close();
  });
});

describe("Teach with five symbols", () => {
  let open: DemoPage;
  beforeAll(async () => {
    open = await demo.enter("teach", { ...DESK, reducedMotion: "no-preference" });
  });
  afterAll(() => open.page.close());

  it("learns while the page stays free, and tests itself", async () => {
    const { page } = open;
    for (const name of ["Bolt", "Ring"]) await open.button(`Remove ${name}`).click();
    const thread = await traceMainThread(demo.browser, page, async () => {
      for (const [symbol, name] of NAMES.entries()) {
        await teach(open, "", name, 10 * symbol);
        const field = page.locator(".sign input").nth(symbol);
        await field.fill(name);
        await field.press("Tab");
        await teach(open, name, name, 10 * symbol + 1);
      }
      await expect.poll(() => open.text("#left-out")).toMatch(/: \d+ of 10 drawings right\.$/);
    });
    console.log("main thread of Teach while it learns", thread);
    console.log(await open.text("#state"), await open.text("#left-out"));
    expect(thread.longest).toBeLessThan(50);
    expect(await signs(open)).toEqual(NAMES.map((name) => `${name} 2`));
    expect(await open.collisions()).toEqual([]);
  });

  it("reads nine of ten drawings that it has not seen", async () => {
    await open.page.emulateMedia({ reducedMotion: "reduce" });
    const read: string[] = [];
    for (const [symbol, name] of NAMES.entries()) {
      for (const seed of [500 + symbol, 600 + symbol]) read.push(`${name}: ${await ask(open, name, seed)}`);
    }
    console.log(read);
    expect(read.filter((one) => /^(.+): \1\. Decided/.test(one)).length).toBeGreaterThanOrEqual(9);
    expect(await open.page.getByRole("img", { name: /^Membranes of 6 outputs; first spikes: .*wave at step/ }).count()).toBe(1);
    await keepPage(open.page, "teach");
    await keepScreenshot(open.page, "teach", 1080);
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
    expect(drawings.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);

    await open.page.setInputFiles("#load", { name: "symbols.safetensors", mimeType: "", buffer: checkpoint });
    await expect.poll(() => open.text("#state")).toBe("Loaded. Draw something to see it read.");
    expect(await open.button("Next").isEnabled(), "nothing is read of the network that was loaded").toBe(false);
    for (const [symbol, name] of NAMES.entries()) {
      const said = await ask(open, name, 700 + symbol);
      const data = datasets.fromImages({ pixels: centred(await drawing(open)), shape: [SIDE, SIDE] });
      const { byFirstSpike, decisionStep, layers } = await network.predict(data.encode(encode.latency({ first: 0, last: 20 })));
      const step = decisionStep?.[0] ?? 0;
      const spikes = layers.reduce((sum, layer) => sum + Array.from(layer.times).filter((time) => time <= step).length, 0);
      const [, shown = classes[byFirstSpike?.[0] ?? 0]] = SURE.exec(said) ?? [];
      expect(shown).toBe(classes[byFirstSpike?.[0] ?? 0]);
      if (SURE.test(said)) expect(said).toBe(`${shown}. Decided at step ${step} of 60 with ${spikes} spikes.`);
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
});

describe("the address of Teach", () => {
  it("holds the symbols: whoever opens it has the same network", async () => {
    const open = await demo.enter("teach", DESK);
    expect(new URL(open.page.url()).hash).toBe("");
    await teach(open, "", "wave", 1);
    const name = open.page.getByLabel("Name of Symbol 3");
    await name.fill("<b>Welle</b> ∿");
    await name.press("Tab");
    const mine = await ask(open, "wave", 2);
    const { hash } = new URL(open.page.url());
    expect(hash).toMatch(/^#symbols=[\w-]+$/);

    const other = await demo.enter("teach", DESK, undefined, "ready", hash);
    expect(await other.text("h1")).toBe("Can it read yours?");
    expect(await signs(other)).toEqual(["Bolt 1", "Ring 1", "<b>Welle</b> ∿ 1"]);
    expect(await ask(other, "wave", 2)).toBe(mine);
    expect(other.sent()).toEqual([]);
    expect(other.requests.filter((request) => request.url().includes("symbols="))).toEqual([]);

    // Another link in the same tab; the one before can be taken back.
    await other.page.evaluate(() => {
      location.hash = "#symbols=AAAA";
    });
    await expect.poll(() => other.text("#note")).toMatch(/^The symbols in this address can't be read/);
    expect(await signs(other)).toHaveLength(3);
    await other.button("Remove Bolt").click();
    await expect.poll(() => new URL(other.page.url()).hash.length).toBeGreaterThan(20);
    await other.page.evaluate((hash) => {
      location.hash = hash;
    }, hash);
    await expect.poll(() => signs(other)).toHaveLength(3);
    expect(await other.page.locator("#note").isVisible()).toBe(false);
    expect(other.complaints).toEqual([]);
    await other.page.close();
    await open.page.close();
  });

  it("is told to be damaged, and the symbols of the start are there", async () => {
    const open = await demo.enter("teach", DESK, undefined, "ready", "#symbols=AQIEQm9sdAFC");
    expect(await open.text("#note")).toBe(
      "The symbols in this address can't be read: it was cut off or changed. The symbols below are not from it.",
    );
    expect(await open.text("#announcement")).toContain("was cut off or changed");
    expect(await open.text("h1")).toBe("Teach it your symbols");
    expect(await signs(open)).toEqual(["Bolt 1", "Ring 1"]);
    expect((await ask(open, "bolt", 1)).startsWith("Bolt.")).toBe(true);
    await open.page.close();
  });

  it("is copied by a button, or by hand where a page may not", async () => {
    const copied: string[] = [];
    const open = await demo.enter("teach", DESK, async (page) => {
      await page.exposeFunction("keepCopy", (text: string) => void copied.push(text));
      await page.addInitScript(() => {
        const { keepCopy } = globalThis as unknown as { keepCopy: (text: string) => Promise<void> };
        Object.defineProperty(navigator, "clipboard", { value: { writeText: keepCopy }, configurable: true });
      });
    });
    await open.button("Copy link").click();
    await expect.poll(() => open.text("#state")).toMatch(/^The link is copied/);
    expect(copied).toEqual([open.page.url()]);
    expect(new URL(open.page.url()).hash).toMatch(/^#symbols=/);
    await open.page.evaluate(() => {
      const writeText = () => Promise.reject(new Error("not allowed"));
      Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    });
    await open.button("Copy link").click();
    await expect.poll(() => open.page.locator("#link:focus").inputValue()).toBe(open.page.url());
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });
});

it("can learn again after learning has failed", async () => {
  const open = await demo.enter("teach", DESK, keepWorkers);
  const announcements = await open.record("#announcement");
  await failWorkers(open.page, "#state", "Learning 3 symbols");
  await draw(open, "wave", 1);
  await open.button("New symbol").click();
  await open.reached("failed");
  expect(await open.text("#state")).toContain("the worker failed: out of memory");
  expect((await announcements()).join("\n")).toContain("the worker failed: out of memory");
  expect(SURE.exec(await ask(open, "wave", 2))?.[1]).toBe("Symbol 3");
  expect(open.complaints).toEqual([]);
  await open.page.close();
});
