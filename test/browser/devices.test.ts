import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import type { Browser, Page } from "playwright-core";
import { datasets } from "spikelet";
import { FrameEvents } from "spikelet/page";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packedProject } from "../support/packed-project.js";
import { buildPage, buildPageWithEsbuild } from "./bundles.js";
import { complaintsOf, launchChromium } from "./chromium.js";
import { type Served, serve } from "./serve.js";
import { fileOf } from "./sounds.js";

const FAKE = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"];
const HERTZ = 440;

let folder: string;
let project: PackedProject;
let served: Served;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikelet-devices-"));
  project = await packedProject();
  served = await serve(await buildPage(project.folder, "devices.mjs"));
  const tone = Array.from({ length: 48_000 }, (_, t) => 0.5 * Math.sin((2 * Math.PI * HERTZ * t) / 48_000));
  const file = join(folder, "tone.wav");
  await writeFile(file, fileOf(tone, "", 48_000).buffer);
  browser = await launchChromium([...FAKE, "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${file}`]);
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(from = browser, url = served.url): Promise<{ page: Page; complaints: string[] }> {
  const page = await from.newPage();
  const complaints = complaintsOf(page);
  await page.goto(url);
  await page.waitForFunction(() => document.title === "ready");
  return { page, complaints };
}

/** Calls a scenario of devices.mjs. */
function run<T>(page: Page, scenario: string, ...args: unknown[]): Promise<T> {
  const call = ([name, given]: [string, unknown[]]) =>
    (globalThis as unknown as { scenarios: Record<string, (...given: unknown[]) => unknown> }).scenarios[name]?.(...given);
  return page.evaluate(call, [scenario, args] as [string, unknown[]]) as Promise<T>;
}

describe("a page with camera and microphone", () => {
  it("sees images, and what moves in them as events", async () => {
    const { page, complaints } = await open();
    const found = await run<{ largest: number }>(page, "camera");
    expect(found).toMatchObject({
      length: 24 * 32,
      moved: 2,
      off: { code: "DEVICE_UNAVAILABLE", path: "camera" },
      shape: [3, 8, 8],
      // The made image of Chromium.
      isGreen: true,
      left: null,
    });
    expect(found.largest).toBeLessThan(2 * 24 * 32);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("hears a tone at the rate that was asked for", async () => {
    const { page, complaints } = await open();
    const { hertz, ...rest } = await run<{ hertz: number }>(page, "microphone");
    expect(rest).toEqual({ length: 4000, sampleRate: 8000, kind: "Float32Array" });
    // The made microphone of a busy machine leaves gaps; at the rate of the device the tone would be six times as low.
    expect(Math.abs(hertz - HERTZ)).toBeLessThan(HERTZ / 3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("hears with the address of its module, where a bundler does not find it", async () => {
    await using built = await serve(await buildPageWithEsbuild(project.folder, "devices.mjs"));
    const { page } = await open(browser, built.url);
    const found = await run(page, "microphone", { workletUrl: "microphone-worklet.js" });
    expect(found).toMatchObject({ length: 4000, kind: "Float32Array" });
    await page.close();
  });

  it("says which module of the microphone can't be loaded", async () => {
    const { page } = await open();
    expect(await run(page, "worklet")).toMatchObject({
      code: "DEVICE_UNAVAILABLE",
      path: "workletUrl",
      message: expect.stringContaining("nowhere.js"),
    });
    await page.close();
  });

  it.each([
    { how: "permission is refused", flags: [...FAKE, "--use-fake-ui-for-media-stream=deny"], why: /does not allow it/ },
    { how: "there is none", flags: [], why: /is not there|does not allow it/ },
  ])("fails with a code where $how", async ({ flags, why }) => {
    const other = await launchChromium(flags);
    try {
      const { page } = await open(other);
      expect(await run(page, "failures")).toEqual({
        camera: { code: "DEVICE_UNAVAILABLE", path: "camera", message: expect.stringMatching(why) },
        microphone: { code: "DEVICE_UNAVAILABLE", path: "microphone", message: expect.stringMatching(why) },
        size: { code: "CONFIG_INVALID", path: "size[0]", message: expect.any(String) },
        rate: { code: "CONFIG_INVALID", path: "sampleRate", message: expect.any(String) },
        aborted: "enough",
      });
    } finally {
      await other.close();
    }
  });
});

describe("a page with a canvas", () => {
  it("makes images of it, on white", async () => {
    const { page } = await open();
    expect(await run(page, "canvas")).toEqual({
      dark: [0, 255],
      inverted: [255, 0],
      colour: [0, 255, 0, 255, 0, 255],
      nothing: { code: "DATA_FORMAT", path: "source", message: "source: shows nothing yet" },
      wrong: { code: "CONFIG_INVALID", path: "size", message: expect.any(String) },
    });
    await page.close();
  });

  it("lets a visitor draw, by pointer and by keyboard, until the pad is disposed of", async () => {
    const { page, complaints } = await open();
    type Look = { pixels: number[]; middle: [number, number]; isEmpty: boolean; drawn: number; said: string[] };
    const look = () => page.evaluate(() => (globalThis as unknown as { lookAtPad: () => Look }).lookAtPad());
    expect(await run(page, "pad")).toMatchObject({
      isEmpty: true,
      drawn: 0,
      failed: { code: "SHAPE_MISMATCH", path: "pixels" },
    });
    // A pixel of the image is 10 of the page.
    await page.mouse.move(25, 45);
    await page.mouse.down();
    await page.mouse.move(125, 45, { steps: 4 });
    await page.mouse.up();
    const drawn = await look();
    const inked = drawn.pixels.flatMap((pixel, k) => (pixel === 255 ? [[k % 20, Math.floor(k / 20)]] : []));
    expect(inked).toEqual(Array.from({ length: 11 }, (_, k) => [2 + k, 4]));
    expect(drawn.drawn).toBeGreaterThan(1);
    for (const away of drawn.middle) expect(Math.abs(away)).toBeLessThan(0.2);
    await page.focus("#pad");
    await page.keyboard.press("Delete");
    expect(await look()).toMatchObject({ isEmpty: true, said: ["cleared"] });
    for (const key of [" ", "ArrowDown", " "]) await page.keyboard.press(key);
    const typed = await look();
    expect([typed.pixels[4 * 20 + 9], typed.pixels[5 * 20 + 9]]).toEqual([255, 255]);
    await page.evaluate(() => (globalThis as unknown as { disposeOfPad: () => void }).disposeOfPad());
    await page.keyboard.press("Delete");
    expect((await look()).isEmpty).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("images of files in a page", () => {
  const file = (type: string, bytes: Uint8Array) => ({ type, bytes: [...bytes] });
  const [width, height] = [12, 8];
  const grey = Uint8Array.from({ length: width * height }, (_, k) => (k * 37) % 256);
  const colour = Uint8Array.from({ length: 3 * width * height }, (_, k) => (k * 53) % 256);
  const pngs = [
    encodePng({ width, height, data: grey, channels: 1 }),
    encodePng({ width, height, data: colour, channels: 3 }),
  ].map((bytes) => file("image/png", bytes));

  it("are those of Node, from PNG and nearly from JPEG", async () => {
    const { page, complaints } = await open();
    const rgba = new Uint8Array(4 * width * height).fill(255);
    for (let k = 0; k < width * height; k++) rgba.fill(k % width < width / 2 ? 40 : 200, 4 * k, 4 * k + 3);
    const files = [...pngs, file("image/jpeg", jpeg.encode({ width, height, data: rgba }, 95).data)];
    for (const options of [{}, { colour: true }, { size: [4, 6] as const }]) {
      const inNode = await datasets.fromFiles(
        files.map(({ type, bytes }) => new Blob([Uint8Array.from(bytes)], { type })),
        { labels: [0, 1, 2], ...options },
      );
      const found = await run<{ shape: number[]; images: number[][] }>(page, "decode", files, options);
      expect(found.shape).toEqual(inNode.info.shape);
      for (const [k, image] of found.images.entries()) {
        const expected = Array.from(inNode.image(k) ?? [], (value) => Math.round(255 * value));
        const away = image.reduce((max, value, at) => Math.max(max, Math.abs(value - (expected[at] ?? -1))), 0);
        // Decoders of JPEG round differently.
        expect(away, `image ${k}`).toBeLessThanOrEqual(k < pngs.length ? 0 : 4);
      }
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("may be of any format that the browser reads", async () => {
    const { page } = await open();
    const { types, images } = await run<{ types: string[]; images: number[][] }>(page, "formats");
    expect(types).toEqual(["image/png", "image/jpeg", "image/webp"]);
    for (const [dark = 1, bright = 0] of images) expect([dark < 0.1, bright > 0.9]).toEqual([true, true]);
    await page.close();
  });

  it("are refused by name where they can't be decoded", async () => {
    const { page } = await open();
    const damaged = file("image/png", Uint8Array.from(pngs[0]?.bytes.slice(0, 40) ?? []));
    for (const bad of [damaged, file("image/png", new TextEncoder().encode("not an image"))]) {
      expect(await run(page, "decodeFailure", [...pngs, bad])).toMatchObject({ code: "DATA_FORMAT", path: "files[2].png" });
    }
    await page.close();
  });
});

describe("events of images", () => {
  it("come where a pixel has changed by the threshold since its last event", () => {
    const events = new FrameEvents({ threshold: 0.1 });
    const push = (...pixels: number[]) => [...events.push(Uint8Array.from(pixels))];
    expect(push(100, 100, 100)).toEqual([]);
    expect(push(100, 120, 60)).toEqual([2]);
    // What was less than a threshold counts on.
    expect(push(100, 130, 45)).toEqual([2, 4]);
    expect(push(130, 130, 45)).toEqual([3]);
    expect(() => push(1)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", path: "image" }));
    expect(() => new FrameEvents({ threshold: 0 })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "threshold" }),
    );
  });
});
