import type { Gradients, Trainer } from "spikelet";
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

/** Everything that a network does with one digit. */
export interface Insight {
  pixels: Uint8Array;
  steps: number;
  /** What the digit is, where that is known. */
  label: number | undefined;
  /** Output that fires first; `undefined` when all are silent. */
  decision: { output: number; step: number } | undefined;
  input: Spikes;
  /** Hidden layer, output. */
  layers: readonly Spikes[];
  /** Units of each layer. */
  sizes: readonly number[];
  gradients: Gradients;
}

/** Runs a digit through the network as it is now, forth and back; one of which nobody knows what it is as what the network takes it for. */
export async function lookInside(trainer: Trainer, { pixels, label }: Digit): Promise<Insight> {
  const { steps } = trainer.config.network;
  const wanted = label ?? (await trainer.predict(digitsOf(pixels, [0]))).byFirstSpike[0] ?? 0;
  const sample = digitsOf(pixels, [wanted]);
  const [gradients, input] = await Promise.all([
    trainer.gradients(sample, { trace: true }),
    sample.events({ steps, backend: trainer.backend }),
  ]);
  const { byFirstSpike, decisionStep, layers } = gradients.prediction;
  const step = decisionStep[0] ?? steps;
  return {
    pixels,
    steps,
    label,
    decision: step < steps ? { output: byFirstSpike[0] ?? 0, step } : undefined,
    input: input.sample(0),
    layers: layers.map((events) => events.sample(0)),
    sizes: trainer.info.layers.map(({ units }) => units),
    gradients,
  };
}
