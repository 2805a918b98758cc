// node examples/encoders-and-losses.mjs: the table of docs/guides/encoders-losses-rules.md; half a minute of computing.
import { createTrainer, datasets, encode } from "spikelet";

const CODES = {
  "`latency`, 0 to 24": encode.latency({ last: 24 }),
  "`latency`, 0 to 80": encode.latency({ last: 80 }),
  "`rate`, 0.1": encode.rate({ max: 0.1, seed: 1 }),
  "`regular`, 10 to 100": encode.regular({}),
};
/** @type {Record<string, import("spikelet").LossConfig>} */
const LOSSES = {
  "`latency`, 0.17": { type: "latency", inverseTemperature: 0.17 },
  "`latency`, 0.5": { type: "latency", inverseTemperature: 0.5 },
  "`count`, 1": { type: "count", positive: 1 },
  "`count`, 5": { type: "count", positive: 5 },
};

const digits = await datasets.digits();
for (const [code, encoding] of Object.entries(CODES)) {
  const { train, test } = digits.encode(encoding).split({ seed: 1 });
  for (const [name, loss] of Object.entries(LOSSES)) {
    const trainer = await createTrainer({
      network: {
        input: 784,
        steps: 100,
        layers: [
          { type: "dense", units: 100 },
          { type: "dense", units: 10 },
        ],
      },
      loss,
      schedule: { type: "constant" },
      training: { epochs: 3, seed: 1 },
    });
    for await (const _ of trainer.run(train));
    const { accuracy, spikes, decisionStep, synapticOperations } = await trainer.evaluate(test);
    const [first, count] = [accuracy.firstSpike, accuracy.count].map((share = Number.NaN) => (100 * share).toFixed(1));
    const operations = Math.round(synapticOperations).toLocaleString("en-US");
    console.log(
      `| ${code} | ${name} | ${first} | ${count} | ${spikes.perSample.toFixed(0)} | ${decisionStep?.median} | ${operations} |`,
    );
  }
}
