import { existsSync } from "node:fs";
import { type Config, datasets, type Encoding, type SpikeDataset } from "spikelet";
import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../research/catalogue/index.js";
import { type Experiment, type ExperimentData, planOf, variantName } from "../../research/experiment.js";
import { recordsOf } from "../../research/pages/made-page.js";
import { CliSupply } from "../../ts/cli/study/supply.js";
import { measure } from "../../ts/study/report/measures.js";
import type { DataSupply } from "../../ts/study/run/samples.js";
import type { Row } from "../../ts/study/run/table.js";
import { runPlan } from "../study/run-plan.js";

const cli = new CliSupply(undefined, { backend: "native", signal: new AbortController().signal });

const supply: DataSupply = {
  // The camera would take its time for all digits.
  load: async (section, steps) => {
    if (section["dataset"] === "spokenDigits") return tones().encode(section["encoding"] as unknown as Encoding);
    if (section["dataset"] !== "simulatedEvents") return cli.load(section, steps);
    const digits = await datasets.digits();
    return datasets.simulatedEvents(digits.slice(0, 104), { steps });
  },
  split: (section, data) => {
    if (!["simulatedEvents", "spokenDigits"].includes(String(section["dataset"]))) return cli.split(section, data);
    return data.split({ seed: 1, validation: 20, test: 20 });
  },
};

/** In the place of recordings, which have to be fetched: a tone for each digit. */
function tones(): SpikeDataset {
  const series = Array.from({ length: 104 }, (_, k) => {
    return [Float32Array.from({ length: 4000 }, (_, t) => Math.sin(0.1 * (1 + (k % 10)) * t) * Math.sin(t / 300))];
  });
  return datasets.fromSeries({ signals: series, labels: series.map((_, k) => k % 10), sampleRate: 8000 });
}

/** One epoch is too short to wake a network that is drawn silent. */
function firing(config: Config): Config {
  const initialActivity = { spikesPerUnit: 0.3, samples: 32, tolerance: 0.3 };
  return { ...config, training: { initialActivity, ...config.training, epochs: 1 } };
}

/** The quick version with few samples and one epoch. */
async function tiny(experiment: Experiment): Promise<Row[]> {
  const small = { train: 64, test: 20 };
  const smallIn = (one: ExperimentData) => ({ ...one, ...small, ...(one.isValidationLearnt ? {} : { validation: 20 }) });
  const data = () => experiment.data("quick").map(smallIn);
  const isAtHand = (set: { dataset: string }) => cli.isAtHand(set);
  const plan = planOf({ ...experiment, data }, { scale: "quick", seeds: [1], isAtHand, adapt: firing });
  return (await runPlan(plan, { supply })).rows;
}

it.each(EXPERIMENTS)("$name has records", ({ name }) => {
  expect(existsSync(recordsOf(name))).toBe(true);
});

describe.each(EXPERIMENTS)("$name", (experiment) => {
  it("runs every variant of its quick version, and the neurons fire", async () => {
    const rows = await tiny(experiment);
    expect(new Set(rows.map(({ run }) => run.point)).size).toBe(rows.length);
    expect(rows).toHaveLength(experiment.variants("quick").length);
    for (const { run, record } of rows) {
      const name = JSON.stringify([run.settings, record?.error]);
      const test = record?.result?.test;
      expect(Math.max(...(test?.spikes.perUnit ?? [])), name).toBeGreaterThan(0.02);
      expect(test?.synapticOperations, name).toBeGreaterThan(0);
    }
  });

  it.each(["quick", "full"] as const)("%s: variants have names of their own, figures show what is measured", (scale) => {
    const names = experiment.variants(scale).map(variantName);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(1);
    for (const figure of experiment.figures) {
      if ("measure" in figure) expect(measure(figure.measure).label).not.toBe("");
    }
  });
});
