import { type Gradients, type Network, type SpikeDataset, SpikeletError } from "spikelet";
import { digitsOf } from "../race/digits.js";

/** Steps and units of spikes. */
export interface Spikes {
  times: ArrayLike<number>;
  units: ArrayLike<number>;
}

/** A digit to look at. */
export interface Digit {
  pixels: Uint8Array;
  /** What it is, where that is known. */
  label: number | undefined;
}

/** What a network does with one sample. */
export interface Activity {
  steps: number;
  /** Steps that are to be seen; all by default. */
  seen?: number;
  /** What the sample is, where that is known. */
  label: number | undefined;
  /** Names of the outputs. */
  names: readonly string[];
  /** What the network answers, and since which step; `undefined` when all outputs are silent. */
  decision: { output: number; step: number } | undefined;
  input: Spikes;
  inputs: number;
  /** Hidden layer, output. */
  layers: readonly Spikes[];
  /** Units of each layer. */
  sizes: readonly number[];
  /** `[step][output]`. */
  membranes: ArrayLike<number>;
}

/** What a network does with a drawing, and what would change it. */
export interface Insight extends Activity {
  /** Grey values. */
  pixels: Uint8Array;
  gradients: Gradients;
}

const DIGITS: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

/**
 * Runs a drawing forward and backward through the network as it is now. Without a label, the network's own answer is taken for it.
 * `undefined` where the network is disposed of meanwhile.
 */
export async function lookInside(network: Network, digit: Digit, names = DIGITS): Promise<Insight | undefined> {
  return insightOf(network, digit, names).catch((thrown: unknown) => {
    if (thrown instanceof SpikeletError && thrown.code === "DISPOSED") return undefined;
    throw thrown;
  });
}

async function insightOf(network: Network, { pixels, label }: Digit, names: readonly string[]): Promise<Insight> {
  const own = label ?? (await network.predict(digitsOf(pixels, [0]))).classes[0] ?? 0;
  // A network that says nothing has gradients of some target all the same.
  const target = Math.max(0, own);
  const { steps, prediction, ...rest } = await runThrough(network, digitsOf(pixels, [target]));
  const step = prediction.decisionStep?.[0] ?? steps;
  const decision = step < steps ? { output: prediction.byFirstSpike?.[0] ?? 0, step } : undefined;
  return { ...rest, steps, pixels, label, names, decision };
}

/** Spikes and gradients of all layers for the first sample of `data`, which has a label. */
export async function runThrough(network: Network, data: SpikeDataset) {
  const { steps, input: inputs } = network.config.network;
  const [gradients, input] = await Promise.all([
    network.gradients(data, { trace: true }),
    data.events({ steps, backend: network.backend }),
  ]);
  const { prediction } = gradients;
  return {
    steps,
    inputs: Number(inputs),
    prediction,
    input: input.sample(0),
    layers: prediction.layers.map((events) => events.sample(0)),
    sizes: network.info.layers.map(({ units }) => units),
    membranes: gradients.trace?.at(-1)?.membrane ?? [],
    gradients,
  };
}
