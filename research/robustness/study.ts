import { type Network, restoreNetwork, type SpikeDataset, type SpikeEvents, type Split } from "spikelet";
import { type Disturbance, disturbed, LEVELS, mismatched } from "./disturbances.js";
import { atEqualAccuracy, atEqualSpikes, type Entry, trained } from "./networks.js";

/** Training samples on which the largest states of whole numbers are measured. */
const CALIBRATION = 500;

/** Seeds of disturbances begin here. */
const DRAWS = 1000;

/** Which weights are disturbed: of the best epoch, where the accuracy that all are compared at was first reached, or of networks that fire equally often. */
export type Compared = "best" | "equal" | "equalSpikes";

/** Accuracy of a network on the test data, as a fraction, without or with a disturbance. */
export interface Line extends Disturbance {
  name: string;
  seed: number;
  accuracy: Compared;
  test: number | undefined;
  /** Spikes per sample, up to the decision, and per hidden unit, without disturbance. */
  spikes?: { perSample: number; untilDecision: number; hidden: number | undefined };
}

/** What is compared, and how. */
export interface Plan {
  entries: readonly Entry[];
  seeds: readonly number[];
  compared: readonly Compared[];
  /** Validation accuracy at which trainings end that are compared at equal accuracy. */
  equal: number;
}

/** Trains every entry with each seed, and yields the accuracy without and with every disturbance. The same seed disturbs alike. */
export async function* robustness({ entries, seeds, compared, equal }: Plan, split: Split): AsyncGenerator<Line> {
  const weights: Record<Compared, (entry: Entry, seed: number) => Promise<Uint8Array | undefined>> = {
    best: (entry, seed) => trained(entry, seed, split),
    equal: (entry, seed) => atEqualAccuracy(entry, seed, split, equal),
    equalSpikes: (entry, seed) => atEqualSpikes(entry, seed, split),
  };
  const disturbances: Disturbance[] = LEVELS.flatMap(([kind, levels]) => levels.map((level) => ({ kind, level })));
  const steps = entries[0]?.config.network.steps ?? 0;
  for (const seed of seeds) {
    const tests = new Map<Disturbance, SpikeDataset>();
    for (const one of disturbances) tests.set(one, await disturbed(split.test, one, steps, DRAWS + seed));
    for (const entry of entries) {
      for (const accuracy of compared) {
        const checkpoint = await weights[accuracy](entry, seed);
        if (checkpoint === undefined) continue;
        for await (const line of judged(checkpoint, tests, split, DRAWS + seed))
          yield { name: entry.name, seed, accuracy, ...line };
      }
    }
  }
}

async function* judged(
  checkpoint: Uint8Array,
  tests: ReadonlyMap<Disturbance, SpikeDataset>,
  split: Split,
  seed: number,
): AsyncGenerator<Pick<Line, "kind" | "level" | "test" | "spikes">> {
  using network = await restoreNetwork(checkpoint);
  const { accuracy, spikes } = await network.evaluate(split.test);
  const { perSample, untilDecision, perUnit } = spikes;
  yield { kind: "none", level: 0, test: accuracy.decision, spikes: { perSample, untilDecision, hidden: perUnit[0] } };
  for (const [one, data] of tests) yield { ...one, test: await accuracyOf(network, one, data, split.train, seed) };
}

async function accuracyOf(
  network: Network,
  disturbance: Disturbance,
  data: SpikeDataset,
  train: SpikeDataset,
  seed: number,
): Promise<number | undefined> {
  const { kind, level } = disturbance;
  if (kind === "bits") {
    using whole = await network.quantize({ calibration: train.slice(0, CALIBRATION), weightBits: level });
    const { classes, layers } = await whole.predict(data);
    // Whole numbers decide by counts, whatever the loss.
    const decided = network.config.loss?.type === "latency" ? firstToFire(layers.at(-1), data.length) : [...classes];
    return decided.filter((output, sample) => output === data.labels?.[sample]).length / data.length;
  }
  if (kind !== "threshold" && kind !== "decay") return (await network.evaluate(data)).accuracy.decision;
  using other = await mismatched(network, disturbance, seed);
  return (await other.evaluate(data)).accuracy.decision;
}

/** The output that fires first in each sample, the lowest on ties, 0 when all are silent. */
function firstToFire(outputs: SpikeEvents | undefined, samples: number): number[] {
  return Array.from({ length: samples }, (_, sample) => outputs?.sample(sample).units[0] ?? 0);
}
