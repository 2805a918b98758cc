import type { Gradients, Trainer } from "spikelet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GOLDEN, goldenCases } from "../golden/folder.mjs";
import { batchOf, trainerOf } from "../golden/network.mjs";
import { type Translation, translate, translationsIn } from "../golden/translations.mjs";

interface Golden {
  name: string;
  target?: unknown;
  expected?: { spikes?: { events: unknown[] }[] };
}

const translations = translationsIn(translate(GOLDEN));
const cases = (await goldenCases(GOLDEN))
  .map(({ place, text }) => ({ place, text, translation: translations.get(place) as Translation }))
  .filter(({ translation }) => translation.configuration !== undefined)
  .map(({ place, text, translation }) => ({ place, translation, golden: JSON.parse(text) as Golden }))
  // Networks of whole numbers have no gradients.
  .filter(({ golden }) => golden.target !== undefined);

/** Every number of a result as bytes, so that no comparison of floats is lenient. */
function bytesOf(found: unknown): string {
  return JSON.stringify(found, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  });
}

/** Whether any layer fires, as far as the file says it. */
function hasSpikes({ expected }: Golden): boolean | undefined {
  return expected?.spikes?.some(({ events }) => events.length > 0);
}

async function found(
  backend: string,
  golden: Golden,
  translation: Translation,
): Promise<{ gradients: string; after: string; spikes: number }> {
  vi.stubEnv("SPIKELET_BACKEND", backend);
  using trainer: Trainer = await trainerOf(golden, translation);
  expect(trainer.backend.kind).toBe(backend);
  const batch = batchOf(golden);
  const gradients: Gradients = await trainer.gradients(batch, { trace: true });
  await trainer.applyGradients(gradients.layers);
  return {
    gradients: bytesOf(gradients),
    after: bytesOf(await trainer.parameters()),
    spikes: gradients.prediction.layers.reduce((sum, { times }) => sum + times.length, 0),
  };
}

describe("native and WebAssembly agree in every bit of", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(cases)("$place $golden.name", async ({ golden, translation }) => {
    const native = await found("native", golden, translation);
    expect(native.spikes > 0).toBe(hasSpikes(golden) ?? !golden.name.startsWith("empty_"));
    expect(await found("wasm", golden, translation)).toEqual(native);
  });
});
