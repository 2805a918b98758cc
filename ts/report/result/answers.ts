import type { SpikeDataset } from "../../datasets/dataset.js";
import { type Decision, decisionOf } from "../../decisions.js";
import type { Network, PassOptions } from "../../network.js";
import type { Prediction } from "../../results.js";
import type { SpikeEvents } from "../../spikes.js";
import type { SampleImage } from "./sample-image.js";

/** Samples of a call, so that the spikes of a large data set are never held at once. */
const CHUNK = 500;
const RIGHT = 2;
const WRONG = 4;

/** Answers of a network to a data set, as far as a page shows them. */
export interface Answers {
  /** The decision that the loss trains. */
  decision: Decision;
  /** One for each sample, -1 where no output fired; empty where nothing is decided. */
  decisions: Int32Array;
  labels: Uint32Array | undefined;
  /** Names of the classes, where the network or the data have any. */
  classes: readonly string[] | undefined;
  /** Spikes of the first samples. */
  first: Prediction;
  /** A few single samples; right ones before wrong ones, where there are labels. */
  examples: Example[];
}

/** The decision in words, for captions. */
export const DECISION_TEXTS: Readonly<Record<Decision, string>> = {
  firstSpike: "by first spike",
  count: "by most spikes",
  membrane: "by the membranes of the readout",
  none: "",
};

export interface Example {
  /** Place in the data set. */
  index: number;
  prediction: Prediction;
  input: SpikeEvents;
  label: number | undefined;
  decision: number | undefined;
  /** The sample itself, where it is an image. */
  image: SampleImage | undefined;
}

export async function answersOf(network: Network, data: SpikeDataset, how: PassOptions): Promise<Answers> {
  const decision = decisionOf(network.config);
  const labels = decision === "none" ? undefined : data.labels;
  const decisions = new Int32Array(decision === "none" ? 0 : data.length);
  const first = await network.predict(data.slice(0, CHUNK), how);
  decisions.set(first.classes);
  for (let start = CHUNK; start < data.length; start += CHUNK) {
    const chunk = await network.predict(data.slice(start, start + CHUNK), how);
    decisions.set(chunk.classes, start);
  }
  const examples: Example[] = [];
  for (const index of chosen(data.length, decisions, labels)) {
    const sample = data.slice(index, index + 1);
    const prediction = await network.predict(sample, how);
    const input = await sample.events({ steps: network.config.network.steps, backend: network.backend });
    const image = await imageOf(sample);
    examples.push({ index, prediction, input, label: labels?.[index], decision: decisions[index], image });
  }
  return { decision, decisions, labels, classes: network.classes ?? data.info.classes, first, examples };
}

/** Values and shape of the one sample of `data`. */
async function imageOf(data: SpikeDataset): Promise<SampleImage | undefined> {
  const { shape } = data.info;
  const values = (await data.load()).image(0);
  return values === undefined ? undefined : { values, shape };
}

/** The first right and the first wrong samples. */
function chosen(samples: number, decisions: Int32Array, labels: Uint32Array | undefined): number[] {
  const all = Array.from({ length: samples }, (_, index) => index);
  if (labels === undefined) return all.slice(0, RIGHT);
  const isRight = (index: number): boolean => decisions[index] === labels[index];
  return [...all.filter(isRight).slice(0, RIGHT), ...all.filter((index) => !isRight(index)).slice(0, WRONG)];
}
