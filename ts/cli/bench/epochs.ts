import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Metrics } from "../../generated/config.js";
import type { Trainer } from "../../trainer.js";
import { type Measurement, MIN_REPETITIONS } from "./measure.js";

/** Whole epochs of a real training for about `seconds`, at least three, after one to warm up. */
export async function measureEpochs(
  trainer: Trainer,
  train: SpikeDataset,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<Measurement & { metrics: Metrics | undefined }> {
  const rates: number[] = [];
  let warmUpSeconds = 0;
  let spent = 0;
  let metrics: Metrics | undefined;
  let start = performance.now();
  for await (const event of trainer.run(train, { signal })) {
    if (event.type !== "epochEnd") continue;
    const took = (performance.now() - start) / 1000;
    metrics = event.train;
    if (event.epoch === 1) {
      warmUpSeconds = took;
    } else {
      rates.push(train.length / took);
      spent += took;
      if (spent >= seconds && rates.length >= MIN_REPETITIONS) break;
    }
    start = performance.now();
  }
  return { rates, warmUpSeconds, metrics };
}
