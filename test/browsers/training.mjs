// A training, for Node and for pages, whose checkpoint is compared byte for byte.
import { createTrainer, datasets, encode } from "spikelet";

/** @type {import("spikelet").Config} */
const CONFIG = {
  network: {
    input: 5,
    steps: 60,
    layers: [
      { type: "dense", units: 30 },
      { type: "dense", units: 3 },
    ],
  },
  rule: { type: "antlr" },
  training: { epochs: 3, batchSize: 20, seed: 1, threads: 1 },
};

/** @param {import("spikelet").CreateOptions} [options] */
export async function trained(options = {}) {
  const trainer = await createTrainer(CONFIG, options);
  const points = await datasets.yinYang({ samples: 200, seed: 1, backend: trainer.backend });
  await trainer.run(points.encode(encode.latency()));
  const checkpoint = await trainer.checkpoint();
  const { reason } = trainer.backend;
  trainer.dispose();
  return { checkpoint, reason };
}
