import { runInNewContext } from "node:vm";
import { encode, encodeSpikes } from "spikelet";
import { expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

it.each(BACKENDS)("grey values of another realm become spikes on %s", async (backend) => {
  const pixels: Uint8Array = runInNewContext("Uint8Array.of(0, 255)");
  const events = await encodeSpikes(pixels, encode.latency({ first: 0, last: 4 }), { units: 2, steps: 5, backend });
  expect(events.length).toBe(1);
});
