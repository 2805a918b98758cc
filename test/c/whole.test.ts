import { rmSync } from "node:fs";
import { createNetwork, datasets, type IntegerPrediction, type QuantizeOptions } from "spikelet";
import { exportC } from "spikelet/export";
import { describe, expect, it } from "vitest";
import { answersInC, type CAnswer, type CCase, missing } from "../support/c-program.js";
import { configOf, OUTPUTS, randomSpikes, STEPS, strengthen } from "../support/infer-comparison.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";
import { emptyFolder } from "../support/spawn-cli.js";

const needs = missing("cc");
const SAMPLES = [1, 2];

/** Streams of the library have no whole numbers. */
type FirstAnswer = Omit<CAnswer, "again">;

describe.skipIf(needs !== undefined)(`networks of whole numbers in C${needs ? ` (${needs})` : ""}`, () => {
  it("answer as the library does", async () => {
    const given = Object.entries({ ...CHAINS, ...GRAPHS }).filter(([, one]) => !one.isWeighted && hasWholeForm(one));
    const written: CCase[] = [];
    const expected: { what: string; answers: FirstAnswer[] }[] = [];
    let clamped = 0;
    for (const [what, one] of given) {
      for (const stateBits of [16, 32] as const) {
        const name = `n${written.length}`;
        const { files, predicted } = await wholeNumbers(one, stateBits, name);
        written.push({ name, files, samples: SAMPLES.map((seed) => randomSpikes(one, seed)) });
        if (stateBits === 16) clamped += predicted.clamped;
        const answers = SAMPLES.map((_, sample) => answerOf(predicted, sample, one.steps ?? STEPS));
        expected.push({ what: `${what}, ${stateBits} bits`, answers });
      }
    }
    expect(written.length).toBeGreaterThan(80);
    expect(clamped).toBeGreaterThan(10_000);
    const folder = emptyFolder();
    const found = answersInC(folder, written);
    rmSync(folder, { recursive: true });
    for (const [k, { what, answers }] of expected.entries()) {
      expect({ what, answers: found[k]?.map(({ again: _, ...first }) => first) }).toEqual({ what, answers });
    }
  });
});

function hasWholeForm({ layers, neuron }: Case): boolean {
  const used = JSON.stringify({ layers, neuron });
  return !used.includes('"adlif"') && !used.includes("subtractAfterDecay");
}

async function wholeNumbers(given: Case, stateBits: 16 | 32, name: string) {
  using network = await createNetwork(configOf(given));
  await strengthen(network, given);
  const data = datasets.fromSpikes({ spikes: SAMPLES.map((seed) => randomSpikes(given, seed)) });
  // States of 16 bits overflow: they were measured on a sample that is almost silent.
  const quiet = datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }] });
  const options: QuantizeOptions = { calibration: stateBits === 16 ? quiet : data, stateBits };
  using integers = await network.quantize(options);
  const files = exportC(await network.exportModel(), { name, integers: integers.integers, maxEvents: 100 });
  return { files, predicted: await integers.predict(data) };
}

function answerOf(predicted: IntegerPrediction, sample: number, steps: number): FirstAnswer {
  const part = <T extends Int32Array | Float64Array>(values: T | undefined, size: number) =>
    Array.from(values?.slice(sample * size, (sample + 1) * size) ?? []);
  const { membranes, scores, classes, layers } = predicted;
  const last = membranes === undefined ? layers.at(-1)?.sample(sample) : undefined;
  const spikes = Array.from(last?.times ?? [], (time, k): [number, number] => [time, last?.units[k] as number]);
  const outputs = scores.length / SAMPLES.length;
  const decision = classes[sample] ?? -1;
  const counts = part(scores, outputs);
  const fires = last !== undefined;
  return {
    steps,
    spikes,
    membranes: part(membranes, steps * OUTPUTS),
    decision: decision < 0 ? undefined : decision,
    byCount: fires && spikes.length > 0 ? counts.indexOf(Math.max(...counts)) : undefined,
    byFirstSpike: spikes[0]?.[1],
    firstSpikeStep: spikes[0]?.[0],
    counts: fires ? counts : [],
    isWhole: true,
    scores: fires ? [] : counts,
  };
}
