import { expect, it } from "vitest";
import { errorsOf } from "../../examples/exact-gradient.mjs";

it("examples/exact-gradient.mjs: the error of eventProp falls with the step where spikes are many steps apart", async () => {
  const { spikes, found } = await errorsOf([1.5, 1.2, 1.4], [0.1, 0.03, 0.01]);
  const [coarse, middle, fine] = found;
  expect(found.map((one) => one.spikes)).toEqual([spikes.length, spikes.length, spikes.length]);
  expect(coarse?.error).toBeLessThan(0.2);
  expect(middle?.error).toBeLessThan((coarse?.error ?? 0) / 2);
  expect(fine?.error).toBeLessThan((middle?.error ?? 0) / 2);
});
