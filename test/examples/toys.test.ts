import { expect, it } from "vitest";
import { toys } from "../../examples/toy.mjs";

it.each([1, 2, 3])(
  "the preset for toys learns XOR, two moons and the sines of a sensor, from seed %d",
  async (seed) => {
    const found = await toys(seed);
    expect(found.map(({ name, samples }) => [name, samples])).toEqual([
      ["xor", 4],
      ["moons", 100],
      ["sines", 40],
    ]);
    const [xor, moons, sines] = found.map(({ accuracy }) => accuracy);
    expect(xor).toBe(1);
    expect(moons).toBeGreaterThanOrEqual(0.95);
    expect(sines).toBeGreaterThanOrEqual(0.95);
  },
  60_000,
);
