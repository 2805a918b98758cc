import { type SpikeDataset, samplesOf } from "../datasets/dataset.js";
import type { Config, LayerConfig } from "../generated/config.js";
import { presets } from "../presets.js";
import { imageChoice } from "./images.js";
import { type Profile, profileOf } from "./profile.js";
import type { Choice, Reason, Recommendation } from "./recommendation.js";
import { signalChoice } from "./signals.js";
import { spikeChoice } from "./spikes.js";
import { tableChoice } from "./tables.js";

/** Updates after which little is gained; a run has as many epochs as they take, within bounds. Those of convolutions take long. */
const UPDATES = 8000;
const MIN_EPOCHS = 6;
const MAX_EPOCHS = { images: 80, others: 60 };
/** Samples of the largest class for each of the smallest from which classes take turns. */
const UNBALANCED = 3;

/**
 * Chooses an encoding and a configuration for labelled data by their kind, shape, number and range, without training. It looks at
 * up to 256 samples, at none of those that the data set reserves for the test; pass the training part to keep all others unseen.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for data without labels, of one class alone, with one sample of a class, that have an encoding
 * already, or of signals that do not vary.
 */
export async function recommend(data: SpikeDataset): Promise<Recommendation> {
  const profile = await profileOf(samplesOf(data, "data"));
  const choice = choiceFor(profile);
  const training = trainingFor(profile, choice);
  return {
    encoding: choice.encoding,
    config: configOf(choice, profile.classes.count, training.changes),
    reasons: [...choice.reasons, ...ANSWER, ...training.reasons],
  };
}

function choiceFor({ inputs, samples }: Profile): Choice {
  switch (inputs.kind) {
    case "image":
      return imageChoice(inputs.shape, samples);
    case "table":
      return tableChoice(inputs.units);
    case "signal":
      return signalChoice(inputs);
    case "spikes":
      return spikeChoice(inputs);
  }
}

/** Reasons for what all presets that are recommended have in common. */
const ANSWER: readonly Reason[] = [
  {
    setting: "loss",
    why: "The outputs are membranes without spikes, and the largest mean over time decides: every step tells the network something.",
  },
  {
    setting: "rule",
    why: "Activation, with a narrow surrogate: only units near their threshold learn from a step.",
  },
  {
    setting: "training.initialActivity",
    why: "The weights are scaled before the first update so that hidden units fire from the start.",
  },
];

type TrainingSettings = NonNullable<Config["training"]>;

function trainingFor(
  { samples, classes }: Profile,
  { preset, updates: needed = UPDATES }: Choice,
): { changes: TrainingSettings; reasons: Reason[] } {
  const { batchSize = 1 } = presets[preset].training ?? {};
  const wanted = Math.ceil((needed * batchSize) / samples);
  const max = preset === "images" ? MAX_EPOCHS.images : MAX_EPOCHS.others;
  const epochs = Math.max(MIN_EPOCHS, Math.min(max, wanted));
  const updates = epochs * Math.ceil(samples / batchSize);
  const why = `${samples} samples in batches of ${batchSize} make ${updates} updates; the rate falls to a hundredth by the last epoch.`;
  const balance = `The largest class has ${Math.round(classes.imbalance)} times the samples of the smallest: the classes take turns.`;
  const isUnbalanced = classes.imbalance >= UNBALANCED;
  return {
    changes: { epochs, ...(isUnbalanced && { sampling: "byClass" }) },
    reasons: [{ setting: "training.epochs", why }, ...(isUnbalanced ? [{ setting: "training.sampling", why: balance }] : [])],
  };
}

/** The preset of a choice with its layers, a readout of so many classes, and its training. */
function configOf({ preset, input, steps, hidden, augmentation }: Choice, classes: number, changes: TrainingSettings): Config {
  const { network, training, ...rest } = structuredClone(presets[preset]);
  const readout: LayerConfig = { type: "dense", units: classes, neuron: { type: "leaky" } };
  return {
    ...rest,
    network: { ...network, input, steps, layers: [...hidden, readout] },
    training: { ...training, ...changes, ...(augmentation && { augmentation }) },
  };
}
