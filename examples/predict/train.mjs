// node examples/predict/train.mjs [FILE]: trains the network of the pages beside it, which part of the yin-yang a point lies in, and
// writes its model file; some ten seconds.
import { writeFile } from "node:fs/promises";
import { createTrainer, datasets, encode } from "spikelet";

const [file = "yin-yang.model"] = process.argv.slice(2);
const { train, test } = (await datasets.yinYang({ samples: 5000 }))
  .encode(encode.latency({ last: 30, skipZero: false }))
  .split({ seed: 1 });
const trainer = await createTrainer({
  network: {
    input: 5,
    steps: 50,
    neuron: { threshold: 0.1 },
    layers: [
      { type: "dense", units: 100 },
      { type: "dense", units: 3 },
    ],
  },
  training: { epochs: 20, batchSize: 20, seed: 1 },
});
await trainer.run(train);
console.log(`of ${test.length} points ${Math.round(100 * ((await trainer.evaluate(test)).accuracy.decision ?? 0))} % are right`);
await writeFile(file, await trainer.exportModel());
trainer.dispose();
