import { deflateSync } from "node:zlib";
import { createNetwork } from "spikelet";
import { describe, expect, it } from "vitest";
import { lookInside } from "../../demo/inside/insight.js";
import { digitsIn } from "../../demo/race/digits.js";

const PIXELS = 28 * 28;

/** A file that says it holds `samples` digits, cut or filled up to those of `held`. */
function file(samples: number, held = samples, label = 7): Uint8Array {
  const bytes = new Uint8Array(4 + held * (1 + PIXELS));
  new DataView(bytes.buffer).setUint32(0, samples, true);
  return deflateSync(bytes.fill(label, 4, 4 + held));
}

const read = (bytes: Uint8Array) => digitsIn(new Blob([Uint8Array.from(bytes)]).stream());

describe("the digits of the demo page", () => {
  it("are read", async () => {
    const digits = await read(file(700));
    expect(digits).toHaveLength(700);
    expect(digits.labels?.[699]).toBe(7);
  });

  it.each([
    ["nothing", deflateSync(new Uint8Array(2)), "damaged"],
    ["fewer than it says", file(700, 699), "damaged"],
    ["more than it says", file(700, 701), "damaged"],
    ["billions", file(0xffff_ffff, 700), "damaged"],
    ["too few to validate", file(600), "damaged"],
    ["classes that there are not", file(700, 700, 10), "a class is above 9"],
    ["what was not deflated", new Uint8Array(1000), /./],
    ["half a file", file(700).subarray(0, 50), /./],
    ["a bomb", deflateSync(new Uint8Array(60_000_000)), "unpacks to more than"],
  ])("are refused where the file holds %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});

describe("a look inside of the demo page", () => {
  const look = { pixels: new Uint8Array(PIXELS).fill(200), label: undefined };
  const create = (input: number) => createNetwork({ network: { input, layers: [{ type: "dense", units: 10 }] } });

  it("shows nothing of a network that is disposed of meanwhile", async () => {
    const network = await create(PIXELS);
    expect(await lookInside(network, look)).toMatchObject({ inputs: PIXELS, sizes: [10] });
    const looking = lookInside(network, look);
    network.dispose();
    expect(await looking).toBeUndefined();
    expect(await lookInside(network, look)).toBeUndefined();
  });

  it("fails in any other case", async () => {
    using network = await create(5);
    await expect(lookInside(network, look)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  });
});
