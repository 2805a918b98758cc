import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Network } from "../../network.js";
import type { Prediction } from "../../results.js";
import type { SpikeEvents } from "../../spikes.js";

/** Samples of a call, so that the spikes of a large data set are never held at once. */
const CHUNK = 500;
const RIGHT = 2;
const WRONG = 4;

/** How a network answered on a data set, as far as a page shows it. */
export interface Answers {
  /** Which of the two readouts decided: what the loss trains. */
  readout: "byFirstSpike" | "byCount";
  decisions: Uint32Array;
  labels: Uint32Array | undefined;
  /** Spikes of the first samples. */
  first: Prediction;
  /** A few single samples; right ones before wrong ones, where there are labels. */
  examples: Example[];
}

export interface Example {
  /** Place in the data set. */
  index: number;
  prediction: Prediction;
  input: SpikeEvents;
  label: number | undefined;
  decision: number;
}

export async function answersOf(network: Network, data: SpikeDataset, signal: AbortSignal): Promise<Answers> {
  const readout = network.config.loss.type === "latency" ? "byFirstSpike" : "byCount";
  const { labels } = data;
  const decisions = new Uint32Array(data.length);
  const first = await network.predict(data.slice(0, CHUNK), { signal });
  decisions.set(first[readout]);
  for (let start = CHUNK; start < data.length; start += CHUNK) {
    const chunk = await network.predict(data.slice(start, start + CHUNK), { signal });
    decisions.set(chunk[readout], start);
  }
  const examples: Example[] = [];
  for (const index of chosen(decisions, labels)) {
    const sample = data.slice(index, index + 1);
    const prediction = await network.predict(sample, { signal });
    const input = await sample.events({ steps: network.config.network.steps });
    examples.push({ index, prediction, input, label: labels?.[index], decision: decisions[index] ?? 0 });
  }
  return { readout, decisions, labels, first, examples };
}

/** The first right and the first wrong samples. */
function chosen(decisions: Uint32Array, labels: Uint32Array | undefined): number[] {
  const all = Array.from(decisions.keys());
  if (labels === undefined) return all.slice(0, RIGHT);
  const isRight = (index: number): boolean => decisions[index] === labels[index];
  return [...all.filter(isRight).slice(0, RIGHT), ...all.filter((index) => !isRight(index)).slice(0, WRONG)];
}
