import {
  type Config,
  createNetwork,
  datasets,
  type Network,
  type NeuronConfig,
  type PerUnit,
  type SpikeDataset,
  type SpikeTrain,
} from "spikelet";
import { Draws } from "../datasets/draws.js";

/** A kind of damage, and how much of it. */
export interface Disturbance {
  kind: "none" | "jitter" | "deletion" | "insertion" | "threshold" | "decay" | "bits";
  level: number;
}

/** Every disturbance with its levels, from the weakest on. */
export const LEVELS: readonly (readonly [kind: Disturbance["kind"], levels: readonly number[]])[] = [
  // Standard deviation in steps.
  ["jitter", [1, 2, 4]],
  // Fraction of the input spikes.
  ["deletion", [0.1, 0.25, 0.5]],
  ["insertion", [0.1, 0.25, 0.5]],
  // Standard deviation of the logarithm.
  ["threshold", [0.1, 0.2, 0.4]],
  ["decay", [0.1, 0.2, 0.4]],
  // Bits of the weights.
  ["bits", [8, 4, 2]],
];

/** Spikes with times that move by a normal distribution; none leaves the simulation. */
export function jittered(train: SpikeTrain, deviation: number, steps: number, draws: Draws): SpikeTrain {
  const moved = Array.from(train.times, (time) => Math.min(Math.max(time + Math.round(draws.normal(deviation)), 0), steps - 1));
  return inOrder(moved, Array.from(train.units));
}

/** Spikes of which each is lost with a probability. */
export function thinned({ times, units }: SpikeTrain, probability: number, draws: Draws): SpikeTrain {
  const kept = Array.from(times, () => draws.uniform() >= probability);
  return { times: Array.from(times).filter((_, k) => kept[k]), units: Array.from(units).filter((_, k) => kept[k]) };
}

/** Spikes and, for each of them, `fraction` further ones of random inputs at random steps before `end`. */
export function withSpurious({ times, units }: SpikeTrain, fraction: number, { inputs, end }: Place, draws: Draws): SpikeTrain {
  const further = Array.from(
    { length: Math.round(fraction * times.length) },
    () => [draws.below(end), draws.below(inputs)] as const,
  );
  return inOrder(
    [...Array.from(times), ...further.map(([time]) => time)],
    [...Array.from(units), ...further.map(([, unit]) => unit)],
  );
}

/** Where spurious spikes may be. */
export interface Place {
  inputs: number;
  end: number;
}

function inOrder(times: readonly number[], units: readonly number[]): SpikeTrain {
  const order = times.map((_, k) => k).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (units[a] ?? 0) - (units[b] ?? 0));
  return { times: order.map((k) => times[k] ?? 0), units: order.map((k) => units[k] ?? 0) };
}

/** Samples whose input spikes are disturbed; those of `data` for what concerns the network alone. */
export async function disturbed(
  data: SpikeDataset,
  { kind, level }: Disturbance,
  steps: number,
  seed: number,
): Promise<SpikeDataset> {
  const draws = new Draws(seed);
  const events = await data.events({ steps });
  const inputs = data.info.shape.reduce((product, size) => product * size, 1);
  const trains = Array.from({ length: data.length }, (_, sample) => events.sample(sample));
  const end = 1 + trains.reduce((last, { times }) => Math.max(last, times.at(-1) ?? 0), 0);
  const changes: Partial<Record<Disturbance["kind"], (train: SpikeTrain) => SpikeTrain>> = {
    jitter: (train) => jittered(train, level, steps, draws),
    deletion: (train) => thinned(train, level, draws),
    insertion: (train) => withSpurious(train, level, { inputs, end }, draws),
  };
  const change = changes[kind];
  if (change === undefined) return data;
  return datasets.fromSpikes({ spikes: trains.map(change), labels: data.labels ?? [], shape: data.info.shape });
}

/**
 * The network with constants that differ from unit to unit by a lognormal factor: thresholds, or time constants of current and
 * membrane. Gains stay those of the network without mismatch. A readout has no thresholds.
 */
export async function mismatched(network: Network, { kind, level }: Disturbance, seed: number): Promise<Network> {
  const draws = new Draws(seed);
  const { config, info } = network;
  const layers = config.network.layers.map((layer, k) => {
    const { neuron = {} } = layer as { neuron?: NeuronConfig };
    const nominal = { ...config.network.neuron, ...neuron } as Required<NeuronConfig>;
    const factors = () => Array.from({ length: info.layers[k]?.units ?? 0 }, () => Math.exp(draws.normal(level)));
    // A time constant of τ steps is a decay of exp(−1/τ).
    const slowed = (decay: PerUnit) => factors().map((factor) => Number(decay) ** (1 / factor));
    const decays = () => ({ currentDecay: slowed(nominal.currentDecay), membraneDecay: slowed(nominal.membraneDecay) });
    const thresholds = () => ({ threshold: factors().map((factor) => factor * Number(nominal.threshold)) });
    const own = kind === "decay" ? decays() : nominal.type === "leaky" ? {} : thresholds();
    const { current, membrane, bias } = info.layerGains[k] ?? info.gains;
    const gains = { gain: "manual", currentGain: current, membraneGain: membrane, biasGain: bias } as const;
    return { ...layer, neuron: { ...neuron, ...gains, ...own } };
  });
  const changed = { ...config, network: { ...config.network, layers } } as Config;
  return createNetwork(changed, { parameters: await network.parameters() });
}
