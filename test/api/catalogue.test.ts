import { datasets } from "spikelet";
import { describe, expect, it } from "vitest";
import { CliSupply } from "../../ts/cli/experiment/supply.js";
import { EXPERIMENTS } from "../../ts/experiments/catalogue/index.js";
import { type DataSupply, runExperiment } from "../../ts/experiments/engine.js";
import { type Experiment, variantName } from "../../ts/experiments/experiment.js";
import { measure } from "../../ts/experiments/measures.js";
import type { RunRecord } from "../../ts/experiments/record.js";
import type { Config } from "../../ts/generated/config.js";

const cli = new CliSupply(undefined, "native", new AbortController().signal);

const supply: DataSupply = {
  isAtHand: (data) => cli.isAtHand(data),
  // The camera would take its time for all digits.
  load: async (data, steps) => {
    if (data.dataset !== "simulatedEvents") return cli.load(data, steps);
    const digits = await datasets.digits();
    return (await datasets.simulatedEvents(digits.slice(0, 104), { steps })).split({ seed: 1, validation: 20, test: 20 });
  },
};

/** One epoch is too short to wake a network that is drawn silent. */
function firing(config: Config): Config {
  const initialActivity = { spikesPerUnit: 0.3, samples: 32, tolerance: 0.3 };
  return { ...config, training: { initialActivity, ...config.training, epochs: 1, threads: 1 } };
}

/** The quick version with few samples and one epoch. */
async function tiny(experiment: Experiment): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  const small = { train: 64, validation: 20, test: 20 };
  const data = () => experiment.data("quick").map((one) => ({ ...one, ...small }));
  const options = {
    scale: "quick",
    seeds: [1],
    data: supply,
    records: { find: async () => undefined, keep: async () => undefined },
    adapt: firing,
  } as const;
  for await (const event of runExperiment({ ...experiment, data }, options)) {
    if (event.type === "runFinished") records.push(event.record);
  }
  return records;
}

describe.each(EXPERIMENTS)("$name", (experiment) => {
  it("runs every variant of its quick version, and the neurons fire", async () => {
    const records = await tiny(experiment);
    expect(records).toHaveLength(experiment.variants("quick").length);
    for (const { series, at, test } of records) {
      expect(Math.max(...test.spikes.perUnit), `${series} ${at}`).toBeGreaterThan(0.02);
      expect(test.synapticOperations).toBeGreaterThan(0);
    }
  }, 60_000);

  it.each(["quick", "full"] as const)("%s: variants have names of their own, figures show what is measured", (scale) => {
    const names = experiment.variants(scale).map(variantName);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(1);
    for (const figure of experiment.figures) {
      if ("measure" in figure) expect(measure(figure.measure).label).not.toBe("");
    }
  });
});
