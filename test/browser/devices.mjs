// What the tests of camera, microphone and images do inside a page; Vite gets this file as a user's.
import { datasets, SpikeletError } from "spikelet";
import * as page from "spikelet/page";

const scenarios = {
  /** Images of the camera until something has moved. */
  async camera() {
    const camera = await page.openCamera({ size: [24, 32], facing: "user" });
    const events = new page.FrameEvents({ threshold: 0.05 });
    let [images, moved] = [0, 0];
    let units = new Uint32Array();
    for await (const image of camera.images({ perSecond: 60 })) {
      images += 1;
      units = events.push(image);
      if (units.length > 0) moved += 1;
      if (moved === 2 || images === 600) break;
    }
    const { length } = camera.image();
    camera.stop();
    const off = await failure(async () => camera.image());
    const colour = await page.openCamera({ size: [8, 8], colour: true });
    const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((c) => mean(colour.image().subarray(64 * c, 64 * c + 64)));
    const { shape } = colour;
    colour.stop();
    const left = camera.video.srcObject;
    return { length, moved, largest: Math.max(...units), off, shape, isGreen: green > red && green > blue, left };
  },

  /** Half a second of the microphone, and how often it crosses 0. */
  async microphone(/** @type {import("spikelet/page").MicrophoneOptions} */ options = {}) {
    const { sound, sampleRate } = await page.recordMicrophone(0.5, { sampleRate: 8000, ...options });
    let crossings = 0;
    for (let k = 1; k < sound.length; k++) if ((sound[k - 1] ?? 0) < 0 && (sound[k] ?? 0) >= 0) crossings += 1;
    return { length: sound.length, sampleRate, hertz: 2 * crossings, kind: sound.constructor.name };
  },

  /** How both devices fail. */
  async failures() {
    return {
      camera: await failure(() => page.openCamera()),
      microphone: await failure(() => page.openMicrophone(() => {})),
      size: await failure(() => page.openCamera({ size: /** @type {any} */ ([0, 1]) })),
      rate: await failure(() => page.openMicrophone(() => {}, { sampleRate: -1 })),
      aborted: await failure(() => page.openCamera({ signal: AbortSignal.abort(new Error("enough")) })),
    };
  },

  worklet: () => failure(() => page.openMicrophone(() => {}, { workletUrl: "nowhere.js" })),

  /** What a canvas shows: a black square on transparent ground, at the left. */
  canvas() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [40, 20];
    canvas.getContext("2d")?.fillRect(0, 0, 20, 20);
    const size = /** @type {const} */ ([1, 2]);
    const foreign = document.createElement("video");
    return {
      dark: [...page.imageOf(canvas, { size })],
      inverted: [...page.imageOf(canvas, { size, invert: true })],
      colour: [...page.imageOf(canvas, { size, colour: true })],
      nothing: failureNow(() => page.imageOf(foreign, { size })),
      wrong: failureNow(() => page.imageOf(canvas, { size: /** @type {any} */ ([2]) })),
    };
  },

  /** A pad in the page, which the test draws on. */
  pad() {
    const canvas = document.createElement("canvas");
    canvas.id = "pad";
    canvas.style.cssText = "position: fixed; inset: 0 auto auto 0; width: 200px; height: 200px";
    document.body.append(canvas);
    let drawn = 0;
    /** @type {string[]} */
    const said = [];
    const pad = new page.DrawingPad(canvas, { side: 20, onDraw: () => (drawn += 1), onSay: (text) => said.push(text) });
    const look = () => ({
      pixels: [...pad.pixels],
      middle: centreOf(page.centred(pad.pixels), 20),
      isEmpty: pad.isEmpty,
      drawn,
      said,
    });
    const failed = failureNow(() => {
      pad.pixels = new Uint8Array(3);
    });
    Object.assign(globalThis, { lookAtPad: look, disposeOfPad: () => pad.dispose() });
    return { ...look(), failed };
  },

  /**
   * Image files as the data set reads them.
   *
   * @param {{ type: string, bytes: number[] }[]} files
   */
  async decode(files, options = {}) {
    const blobs = files.map(({ type, bytes }) => new Blob([Uint8Array.from(bytes)], { type }));
    const data = await datasets.fromFiles(blobs, { labels: blobs.map((_, k) => k), ...options });
    const images = Array.from({ length: data.length }, (_, k) =>
      Array.from(data.image(k) ?? [], (value) => Math.round(255 * value)),
    );
    return { shape: data.info.shape, images };
  },

  decodeFailure: (/** @type {{ type: string, bytes: number[] }[]} */ files) => failure(() => scenarios.decode(files)),

  /** An image of two colours in the formats that the browser writes. */
  async formats() {
    const canvas = new OffscreenCanvas(16, 8);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.fillStyle = "white";
    context.fillRect(0, 0, 16, 8);
    context.fillStyle = "black";
    context.fillRect(0, 0, 8, 8);
    const types = ["image/png", "image/jpeg", "image/webp"];
    const blobs = await Promise.all(types.map((type) => canvas.convertToBlob({ type, quality: 1 })));
    const data = await datasets.fromFiles(blobs, { labels: [0, 1, 2], size: [1, 2] });
    return { types: blobs.map(({ type }) => type), images: [0, 1, 2].map((k) => Array.from(data.image(k) ?? [])) };
  },
};

function mean(/** @type {Uint8Array} */ values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Centre of mass, in pixels from the middle. */
function centreOf(/** @type {Uint8Array} */ pixels, /** @type {number} */ side) {
  const sum = pixels.reduce((all, value) => all + value, 0);
  const at = (/** @type {(k: number) => number} */ of) =>
    pixels.reduce((all, value, k) => all + value * of(k), 0) / sum - (side - 1) / 2;
  return [at((k) => k % side), at((k) => Math.floor(k / side))];
}

async function failure(/** @type {() => Promise<unknown>} */ work) {
  try {
    await work();
    return "no failure";
  } catch (thrown) {
    return told(thrown);
  }
}

function failureNow(/** @type {() => unknown} */ work) {
  try {
    work();
    return "no failure";
  } catch (thrown) {
    return told(thrown);
  }
}

function told(/** @type {unknown} */ thrown) {
  if (thrown instanceof SpikeletError) return { code: thrown.code, path: thrown.path, message: thrown.message };
  return thrown instanceof Error ? thrown.message : String(thrown);
}

Object.assign(globalThis, { scenarios });
document.title = "ready";
