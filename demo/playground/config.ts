import type { Config, LossConfig } from "spikelet";
import { encoderOf } from "./input/encoders.js";
import type { LossName, RuleName, Settings } from "./settings.js";

/** Rules that learn nothing from a unit that never fires. */
const NEED_SPIKES: readonly RuleName[] = ["timing", "eventProp"];

/** The configuration of the network that a visitor has chosen. */
export function configOf(settings: Settings, outputs: number): Config {
  const { delays, depth, epochs, input, loss, neuron, rate, rule, seed, steps, threshold, width, batch } = settings;
  const { valuesOf } = encoderOf(input, steps);
  const hidden = {
    type: "dense" as const,
    units: width,
    ...(delays > 0 && { delays: { max: delays, by: "connection" as const, learn: true } }),
  };
  const readout = { neuron: { type: "leaky" as const } };
  return {
    network: {
      input: valuesOf(0, 0).length,
      steps,
      neuron: { ...NEURONS[neuron], threshold, membraneDecay: 0.95, currentDecay: 0.9 },
      layers: [
        ...Array.from({ length: depth }, () => hidden),
        { type: "dense", units: outputs, ...(loss === "membrane" && readout) },
      ],
    },
    rule: { type: rule },
    loss: lossOf(loss),
    optimizer: { type: "adam", learningRate: rate },
    schedule: { type: "constant" },
    training: {
      epochs,
      batchSize: batch,
      seed,
      silentUnitUpdate: { rules: NEED_SPIKES.includes(rule) ? "all" : "off", strength: 10 },
    },
  };
}

const NEURONS = {
  lif: { type: "lif" },
  alif: { type: "alif", adaptationStrength: 0.1, adaptationDecay: 0.95 },
  adlif: { type: "adlif", subthresholdCoupling: 1, spikeCoupling: 0.5, adaptationDecay: 0.95 },
} as const;

function lossOf(loss: LossName): LossConfig {
  switch (loss) {
    case "countCrossEntropy":
      return { type: "countCrossEntropy", inverseTemperature: 0.5 };
    case "latency":
      return { type: "latency", inverseTemperature: 0.5, endSimulation: "off", spikeGradient: "relaxed" };
    case "membrane":
      return { type: "membrane", statistic: "mean", inverseTemperature: 2 };
    case "count":
      return { type: "count", positive: 3 };
  }
}
