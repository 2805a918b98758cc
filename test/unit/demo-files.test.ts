import { type Config, createNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { soundOf } from "../../demo/listen/sounds.js";
import { configOf } from "../../demo/teach/learning.js";
import { MAX_SIGNS } from "../../demo/teach/lesson.js";
import { restored, saved } from "../../demo/teach/saved.js";
import { wav } from "../support/wav.js";

const blob = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)]);
const drawing = Uint8Array.from({ length: 784 }, (_, k) => k % 256);

describe("a checkpoint that a visitor opens in the demo page", () => {
  const signs = ["sun", "moon"].map((name) => ({ name, drawings: [drawing, drawing] }));

  /** A checkpoint that says it comes from there. */
  async function checkpointOf(origin: string, config: Config = configOf(2)): Promise<Blob> {
    using network = await createNetwork(config);
    return blob(await network.checkpoint({ origin }));
  }

  const image = btoa(String.fromCharCode(...drawing));
  const origin = (changes: object, outputs = 2) => ({
    room: "teach",
    classes: Array.from({ length: outputs }, (_, k) => `sign ${k}`),
    drawings: Array.from({ length: outputs }, () => [image]),
    ...changes,
  });

  it("is what the page has saved", async () => {
    using network = await createNetwork(configOf(2));
    const found = await restored(blob(await saved(network, signs)));
    expect(found.signs).toEqual(signs);
    found.network.dispose();
  });

  it("is refused wherever it is cut off", async () => {
    const whole = await checkpointOf(JSON.stringify(origin({})));
    for (let end = 0; end < whole.size; end += 9973) {
      await expect(restored(whole.slice(0, end))).rejects.toMatchObject({ code: "CHECKPOINT_INVALID" });
    }
  });

  it.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["100,000 lists", "[".repeat(100_000) + "]".repeat(100_000)],
    ["another room", JSON.stringify(origin({ room: "listen" }))],
    ["a prototype", '{"__proto__":{"room":"teach","classes":["a","b"],"drawings":[[],[]]}}'],
    ["classes that are no list", JSON.stringify(origin({ classes: { length: 2 } }))],
    ["names that are no texts", JSON.stringify(origin({ classes: [{}, 1] }))],
    ["fewer names than outputs", JSON.stringify(origin({}, 1))],
    ["drawings that are no lists", JSON.stringify(origin({ drawings: ["a", 1] }))],
    ["drawings of another size", JSON.stringify(origin({ drawings: [["AAAA"], []] }))],
    ["drawings that are no base 64", JSON.stringify(origin({ drawings: [["?"], []] }))],
  ])("is refused where its origin is %s", async (_, text) => {
    await expect(restored(await checkpointOf(text))).rejects.toThrow("was not saved in this room");
  });

  it("is refused where it holds another network, more symbols or more bytes than the page takes", async () => {
    const { network } = configOf(2);
    for (const changes of [{ input: 5 }, { steps: 65_535 }, { layers: [...network.layers.slice(0, 1), ...network.layers] }]) {
      const other = { network: { ...network, ...changes }, loss: { type: "count" as const } };
      await expect(restored(await checkpointOf(JSON.stringify(origin({})), other))).rejects.toThrow("was not saved in this room");
    }
    const many = checkpointOf(JSON.stringify(origin({}, MAX_SIGNS + 1)), configOf(MAX_SIGNS + 1));
    await expect(restored(await many)).rejects.toThrow("was not saved in this room");
    await expect(restored(new Blob([new Uint8Array(10_000_000)]))).rejects.toThrow(/has 10000000 bytes, more than/);
  });

  it("has names of at most 20 letters", async () => {
    const { network, signs } = await restored(await checkpointOf(JSON.stringify(origin({ classes: ["x".repeat(1e5), "y"] }))));
    expect(signs.map(({ name }) => name)).toEqual(["x".repeat(20), "y"]);
    network.dispose();
  });
});

describe("a recording that a visitor opens in the demo page", () => {
  const recording = (sampleRate: number, times: number, channels = 1) => {
    const silence = new Array<number>(times).fill(0);
    return blob(wav({ channels: Array.from({ length: channels }, () => silence), sampleRate, format: 1, bits: 8 }));
  };

  it("is mixed and heard at 8,000 Hz, also where it is cut off", async () => {
    expect(await soundOf(recording(8000, 800, 2))).toHaveLength(800);
    expect(await soundOf(recording(16_000, 32_000))).toHaveLength(16_000);
    const whole = recording(8000, 800);
    expect(await soundOf(whole.slice(0, whole.size - 400))).toHaveLength(400);
  });

  it("is refused at a rate that no microphone has: at 1 Hz it would become 8,000 times as long", async () => {
    for (const rate of [1, 3999, 384_001, 0xffff_ffff]) {
      await expect(soundOf(recording(rate, 50_000))).rejects.toThrow(`it has ${rate} values a second`);
    }
  });

  it("is refused where it is too long, too large, or nothing", async () => {
    await expect(soundOf(recording(4000, 4000 * 601))).rejects.toThrow("is longer than 10 minutes");
    await expect(soundOf(new Blob([new Uint8Array(2 ** 26 + 1)]))).rejects.toThrow(/bytes, more than/);
    await expect(soundOf(new Blob([]))).rejects.toMatchObject({ code: "DATA_FORMAT" });
  });
});
