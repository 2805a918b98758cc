import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Model } from "../../infer/model.js";
import type { Network, PassOptions } from "../../network.js";

/** Samples of a call, so that the spikes of a large data set are never held at once. */
const CHUNK = 500;
/** Quantile of the normal distribution for an interval of 95 %. */
const QUANTILE = 1.96;

/** How a network and what was made of it answer the same samples. */
export interface Comparison {
  samples: number;
  /** Fraction of right decisions of the network, and of what was made of it. */
  accuracy: { network: number; written: number };
  /** Points of accuracy that are lost, in hundredths. */
  lost: number;
  /** 95 % interval of that loss. */
  interval: [low: number, high: number];
}

/** Decisions for samples, -1 for none. */
export type Decide = (samples: SpikeDataset, how: PassOptions) => Promise<ArrayLike<number>>;

/** What a model file decides for samples. */
export function decisionsOf(model: Model, { backend, config }: Network): Decide {
  return async (samples) => {
    const events = await samples.events({ steps: config.network.steps, backend });
    return Int32Array.from({ length: samples.length }, (_, k) => model.predict(events.sample(k)).output ?? -1);
  };
}

/** Compares what was made of a network with it, on samples that have labels. */
export async function compare(network: Network, decide: Decide, samples: SpikeDataset, how: PassOptions): Promise<Comparison> {
  const { onProgress, ...rest } = how;
  const pairs = { right: 0, onlyNetwork: 0, onlyWritten: 0 };
  for (let start = 0; start < samples.length; start += CHUNK) {
    const chunk = samples.slice(start, start + CHUNK);
    const [own, written] = [(await network.predict(chunk, rest)).classes, await decide(chunk, rest)];
    for (const [k, label] of (chunk.labels ?? []).entries()) {
      const [isOwn, isWritten] = [own[k] === label, written[k] === label];
      pairs.right += Number(isOwn && isWritten);
      pairs.onlyNetwork += Number(isOwn && !isWritten);
      pairs.onlyWritten += Number(isWritten && !isOwn);
    }
    onProgress?.({ done: start + chunk.length, all: samples.length });
  }
  return comparisonOf(pairs, samples.length);
}

/** Answers that are right of both, of the network alone, and of what was made of it alone. */
interface Pairs {
  right: number;
  onlyNetwork: number;
  onlyWritten: number;
}

/** The interval is that of Agresti and Min (2005) for matched pairs: half a pair more of each kind. */
export function comparisonOf({ right, onlyNetwork, onlyWritten }: Pairs, samples: number): Comparison {
  const [lost, won, all] = [onlyNetwork + 0.5, onlyWritten + 0.5, samples + 2];
  const difference = (lost - won) / all;
  const half = (QUANTILE * Math.sqrt(lost + won - (lost - won) ** 2 / all)) / all;
  return {
    samples,
    accuracy: { network: (right + onlyNetwork) / samples, written: (right + onlyWritten) / samples },
    lost: (100 * (onlyNetwork - onlyWritten)) / samples,
    interval: [100 * (difference - half), 100 * (difference + half)],
  };
}
