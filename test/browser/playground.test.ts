import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressOf, readAddress } from "../../demo/playground/address.js";
import { DEFAULTS, type Settings } from "../../demo/playground/settings.js";
import { packedProject } from "../support/packed-project.js";
import { learnt } from "../support/playground.js";
import { Demo, type DemoPage } from "./demo-page.js";
import { traceMainThread } from "./main-thread.js";
import { keepPage, keepScreenshot } from "./screenshot.js";

const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const WIDTHS: readonly (readonly [width: number, options: BrowserContextOptions])[] = [
  [375, { viewport: { width: 375, height: 812 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
  [768, { viewport: { width: 768, height: 1024 } }],
  [1024, { viewport: { width: 1024, height: 768 }, colorScheme: "dark" }],
  [1440, DESK],
];

const linkOf = (changes: Partial<Settings>) => `#${addressOf({ ...DEFAULTS, epochs: 5, ...changes })}`;
const hashOf = (page: Page) => new URL(page.url()).hash;
const digestOf = (open: DemoPage) => open.text("#digest");

/** Where on the screen a place of the plane is. */
async function onPlane({ page }: DemoPage, x: number, y: number): Promise<[number, number]> {
  const box = await page.locator("#plane").boundingBox();
  if (box === null) throw new Error("the plane is not to be seen");
  return [box.x + x * box.width, box.y + (1 - y) * box.height];
}

let demo: Demo;

beforeAll(async () => {
  demo = await Demo.serve();
});

afterAll(() => demo?.[Symbol.asyncDispose]());

describe("the playground", () => {
  it("learns by itself, has the bits of Node, and the page stays free", async () => {
    const open = await demo.play("?paused", DESK, "ready");
    const thread = await traceMainThread(demo.browser, open.page, async () => {
      await open.button("Play spikes").click();
      await open.button("Learn").click();
      await open.reached("learnt");
    });
    console.log("main thread of the playground while it learns", thread, await open.text("#pace"));
    expect(thread.longest).toBeLessThan(50);
    const { digest, metrics } = await learnt(DEFAULTS);
    expect(await digestOf(open)).toBe(digest);
    expect(await open.text("#right")).toBe(`${Math.round(100 * (metrics.accuracy.decision ?? 0))} %`);
    expect(metrics.accuracy.decision).toBeGreaterThan(0.9);
    expect(await open.text("#announcement")).toMatch(
      /^Learnt: after epoch 60, \d+ % of new points right, [\d.]+ spikes a point\.$/,
    );
    expect(open.sent()).toEqual([]);
    expect(open.complaints).toEqual([]);
    await keepScreenshot(open.page, "playground", 900);
    await open.page.close();
  });

  it("starts without being asked", async () => {
    const open = await demo.play(linkOf({}), DESK);
    expect(await open.text("#epoch")).toBe("5");
    expect(await open.button("Pause spikes").count()).toBe(1);
    await open.page.close();
  });

  it("gives everybody who opens a link the identical network, and says so", async () => {
    const sender = await demo.play(linkOf({ data: "spirals", delays: 4, rule: "eprop", loss: "membrane", neuron: "alif" }), DESK);
    await sender.button("Embed").click();
    const frame = await sender.page.locator("#share-text").inputValue();
    const [, address = ""] = /src="([^"]*)"/.exec(frame) ?? [];
    const { hash } = new URL(address.replaceAll("&amp;", "&"));
    const receiver = await demo.play(hash, { viewport: { width: 760, height: 620 } });
    expect(await digestOf(receiver)).toBe(await digestOf(sender));
    expect(await receiver.text("#same")).toBe("The same as the sender's, to the last bit.");
    expect(await receiver.page.locator("#configuration").isVisible()).toBe(false);
    expect(await receiver.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await receiver.barriers()).toEqual([]);
    await receiver.page.getByRole("link", { name: "Open in the playground" }).evaluate((link) => link.removeAttribute("target"));
    await receiver.page.getByRole("link", { name: "Open in the playground" }).click();
    await expect.poll(() => receiver.page.locator("#configuration").isVisible()).toBe(true);
    const other = await demo.play(hash.replace(/sha256=\w+/, "sha256=0123456789abcdef"), DESK);
    expect(await other.text("#same")).toBe("Not the sender's, which begins with 0123456789abcdef.");
    for (const { page } of [sender, receiver, other]) await page.close();
  });

  it("gives a TypeScript program that makes the identical network in Node", async () => {
    const open = await demo.play(linkOf({ data: "moons", noise: 15, depth: 2, width: 6 }), DESK);
    await open.button("As a program").click();
    await open.page.locator("#share[open]").waitFor();
    const program = await open.page.locator("#share-text").inputValue();
    const digest = await digestOf(open);
    await open.page.close();
    await using project = await packedProject();
    const { folder } = project;
    await writeFile(join(folder, "program.ts"), program);
    const options = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      noEmit: true,
      noUnusedLocals: true,
      types: [],
      skipLibCheck: true,
    };
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, lib: ["es2023", "dom"] }, files: ["program.ts"] }),
    );
    const tsc = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
    const checked = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => ({ stdout }));
    expect(checked.stdout).toBe("");
    await writeFile(join(folder, "program.mjs"), (await transform(program, { loader: "ts" })).code);
    const { stdout } = await promisify(execFile)(process.execPath, ["program.mjs"], { cwd: folder });
    expect(stdout).toMatch(new RegExp(`^accuracy [\\d.]+\\nsha256 ${digest}\\n$`));
  });

  it("says what is damaged in an address, and shows a network all the same", async () => {
    const open = await demo.play("#points=9000&rule=magic&epochs=5&drawn=%%%&colour=red", DESK);
    const faults = await open.page.locator("#faults li").allTextContents();
    expect(faults).toHaveLength(4);
    expect(faults.join("\n")).toContain("rule must be one of");
    expect(await open.text("#epoch")).toBe("5");
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("learns points that are drawn, by pointer and by keyboard, and keeps them in the address", async () => {
    const open = await demo.play(linkOf({}), DESK);
    const { keyboard, mouse } = open.page;
    const announcements = await open.record("#announcement");
    await open.page.getByLabel("Points", { exact: true }).selectOption("drawn");
    await open.reached("empty");
    for (const [x, y] of [
      [0.2, 0.2],
      [0.25, 0.3],
      [0.3, 0.2],
    ] as const)
      await mouse.click(...(await onPlane(open, x, y)));
    await open.page.getByLabel("square").check();
    await open.page.locator("#plane").focus();
    for (let k = 0; k < 5; k++) await keyboard.press("ArrowUp");
    await keyboard.press("Enter");
    await keyboard.press("ArrowRight");
    await keyboard.press("Enter");
    await keyboard.press("ArrowRight");
    await keyboard.press("Enter");
    await keyboard.press("Backspace");
    await expect.poll(announcements).toContain("5 points");
    await expect.poll(() => readAddress("", hashOf(open.page)).settings.drawn.length).toBe(5);
    await open.reached("learnt");
    expect(await open.text("#right-of")).toBe("Points right");
    const again = await demo.play(hashOf(open.page), DESK);
    expect(await digestOf(again)).toBe(await digestOf(open));
    await open.button("Clear").click();
    await open.reached("empty");
    expect(open.complaints).toEqual([]);
    for (const { page } of [open, again]) await page.close();
  });

  it("starts over with what is changed, and chooses a loss that goes with a rule", async () => {
    const open = await demo.play(linkOf({}), DESK);
    const before = await digestOf(open);
    await open.page.getByLabel("Neuron", { exact: true }).selectOption("adlif");
    await expect.poll(() => digestOf(open)).not.toBe(before);
    await open.page.getByLabel("Rule", { exact: true }).selectOption("eprop");
    expect(await open.page.getByLabel("Loss", { exact: true }).inputValue()).toBe("membrane");
    expect(await open.text("#faults")).toBe("e-prop has no gradient for the loss “Most spikes”: it is “Readout membrane” now.");
    expect(readAddress("", hashOf(open.page))).toMatchObject({ settings: { neuron: "adlif", rule: "eprop" }, faults: [] });
    await open.page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      linkOf({ data: "rings" }),
    );
    await expect.poll(() => open.page.getByLabel("Points", { exact: true }).inputValue()).toBe("rings");
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it("shows a unit that is chosen, by pointer and by keyboard, with the gradients of its spikes", async () => {
    const open = await demo.play(linkOf({ epochs: 20, width: 6 }), { ...DESK, reducedMotion: "reduce" }, "ready");
    await open.button("Learn").click();
    await open.reached("learnt");
    const box = await open.page.locator("#network").boundingBox();
    await open.page.locator("#network").click({ position: { x: (box?.width ?? 0) - 30, y: (box?.height ?? 0) / 2 + 12 } });
    const unit = open.page.getByLabel("Unit", { exact: true });
    expect(await unit.inputValue()).toBe("2/1");
    const figure = () => open.page.getByRole("img", { name: /^Membrane of the unit over 40 steps/ });
    const spikes = async () =>
      /spikes at ([\d, ]+)\./.exec((await figure().getAttribute("aria-label")) ?? "")?.[1]?.split(", ") ?? [];
    for (const value of ["1/0", "1/1", "1/2", "2/0", "2/1", "2/2"]) {
      await unit.selectOption(value);
      const steps = await open.page.locator("#spike-rows th").allTextContents();
      expect(steps).toEqual(await spikes());
    }
    await open.page.getByText("All that is drawn, as tables").click();
    await expect.poll(() => open.page.locator("#unit-rows tr").count()).toBe(9);
    expect(
      (await open.page.locator("#class-rows td:first-of-type").allTextContents()).map((text) => Number.parseInt(text, 10)),
    ).toSatisfy((shares: number[]) => Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100) <= 2);
    await open.page.close();
  });

  it("does not move until it is asked to, for those who want no motion", async () => {
    const open = await demo.play(linkOf({}), { ...DESK, reducedMotion: "reduce" }, "ready");
    await open.frames(20);
    expect(await open.text("#epoch")).toBe("0");
    expect(await open.button("Play spikes").count()).toBe(1);
    await open.page.keyboard.press("Tab");
    await open.page.keyboard.press("Enter");
    expect(await open.text(":focus")).toBe("Learn");
    expect(readAddress("", hashOf(open.page)).settings.epochs).toBe(5);
    await open.page.keyboard.press("Tab");
    expect(await open.text(":focus")).toBe("One epoch");
    await open.page.keyboard.press("Enter");
    await expect.poll(() => open.text("#epoch")).toBe("1");
    await expect.poll(() => open.text("#announcement")).toMatch(/^Paused: after epoch 1, /);
    await open.page.close();
  });

  it.each(WIDTHS)("can be read at %i pixels", async (width, options) => {
    const open = await demo.play(linkOf({ data: width === 375 ? "moons" : "yinYang", depth: 2 }), options);
    await open.button("Pause spikes").click();
    expect(await open.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await open.collisions()).toEqual([]);
    expect(await open.barriers()).toEqual([]);
    expect(await open.unreachableScrollers()).toEqual([]);
    const small = await open.page
      .locator("button, select, summary, main input")
      .evaluateAll((all) =>
        all
          .filter((one) => one.checkVisibility() && Math.min(one.clientWidth, one.clientHeight) < 18)
          .map((one) => one.id || one.getAttribute("name")),
      );
    expect(small).toEqual([]);
    await keepPage(open.page, `playground-${width}`);
    await open.page.close();
  });
});
