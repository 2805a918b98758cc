// node benches/weights.mjs --data DIR: what weights of fewer bits change in a model file, for each preset: a network learns a part of
// MNIST (IDX files in DIR), the preset `toy` points of the Yin-Yang figure; its model file with each type of weights then runs in
// spikelet/infer/wasm. Writes benches/results/<date>-<machine>-weights.json and a table beside it.
//
// node benches/weights.mjs --data DIR --presets sparse,images --train 2000 --test 500
import { main, setUp } from "../scripts/setup.mjs";
import { finished, recordOf, writeResult } from "./shared/record.mjs";
import { grouped, percent, table } from "./shared/table.mjs";
import { choices, positive, wordsOf } from "./shared/words.mjs";

/** @typedef {import("spikelet").SpikeDataset} SpikeDataset */
/** @typedef {typeof import("spikelet")} Library */

/** Types of weights. */
const TYPES = /** @type {const} */ (["float32", "float16", "int8", "int4"]);
const SIDE = 28;
/** Points that the preset `toy` learns: it is made for few. */
const TOY_SAMPLES = 700;

/**
 * How each preset gets its samples, and how long it learns.
 *
 * @type {Record<string, { epochs: number, samples: (library: Library, part: SpikeDataset, seed: number) => SpikeDataset | Promise<SpikeDataset>, network?: object }>}
 */
const CASES = {
  digits: { epochs: 3, samples: ({ encode }, images) => images.encode(encode.latency()) },
  mnist: { epochs: 3, samples: ({ encode }, images) => images.encode(encode.latency()) },
  sparse: { epochs: 6, samples: ({ encode }, images) => images.encode(encode.latency({ first: 0, last: 24 })) },
  images: { epochs: 3, samples: ({ encode }, images) => images.encode(encode.latency({ first: 0, last: 7 })) },
  signals: {
    epochs: 6,
    samples: rows,
    network: {
      input: 2 * SIDE,
      steps: 42,
      layers: [
        { type: "dense", units: 128, delays: { by: "connection", max: 9, learn: true } },
        { type: "dense", units: 10, neuron: { type: "leaky" } },
      ],
    },
  },
  toy: {
    epochs: 60,
    samples: async ({ datasets, encode }, images, seed) => {
      const points = await datasets.yinYang({ samples: seed === 1 ? TOY_SAMPLES : images.length, seed });
      return points.encode(encode.shiftBack({ max: 10, min: 1 }));
    },
    network: {
      input: 5,
      layers: [
        { type: "dense", units: 100 },
        { type: "dense", units: 3 },
      ],
    },
  },
};

const words = wordsOf({ data: "", presets: Object.keys(CASES).join(","), train: "5000", test: "2000" });

await main(async () => {
  const names = choices("presets", words.presets, Object.keys(CASES));
  const sizes = { train: positive("train", words.train), test: positive("test", words.test) };
  await setUp();
  // Without the folder, which is another one elsewhere.
  const others = process.argv.slice(2).filter((word, k, all) => word !== "--data" && all[k - 1] !== "--data");
  const record = recordOf(["node benches/weights.mjs --data DIR", ...(others.length > 0 ? ["--", ...others] : [])].join(" "));
  const { datasets } = await import("../dist/index.js");
  const { train, test } = (await datasets.mnist({ dir: words.data })).split({ seed: 1, train: sizes.train });
  const parts = { train: await train.load(), test: await test.slice(0, sizes.test).load() };
  const cases = [];
  for (const name of names) {
    const found = await filesOf(name, parts);
    cases.push(found);
    process.stderr.write(`${name}: ${found.types.map(({ type, right }) => `${type} ${percent(right)}`).join(", ")}\n`);
  }
  const result = { ...finished(record), ...sizes, cases };
  const heads = ["preset", "weights", "accuracy", "same decisions", "same steps", "bytes"];
  const rows = cases.flatMap(({ name, types }) =>
    types.map(({ type, right, same, sameSteps, bytes }) => [
      type === "float32" ? name : "",
      type,
      percent(right),
      percent(same),
      sameSteps === undefined ? "" : percent(sameSteps),
      grouped(bytes),
    ]),
  );
  writeResult(result, "-weights", table(heads, rows));
});

/**
 * Trains a network and compares its model files with that of `float32`, whose bits are those of the network.
 *
 * @param {string} name
 * @param {{ train: SpikeDataset, test: SpikeDataset }} parts
 */
async function filesOf(name, parts) {
  const library = await import("../dist/index.js");
  const { load } = await import("../dist/infer/wasm/index.js");
  const { epochs, samples, network } = /** @type {typeof CASES[string]} */ (CASES[name]);
  const preset = library.presets[/** @type {keyof typeof library.presets} */ (name)];
  const training = { ...preset.training, epochs, seed: 1 };
  const config = { ...preset, network: { ...preset.network, ...network }, training };
  const trainer = await library.createTrainer(config, { quiet: true });
  await trainer.run(await samples(library, parts.train, 1));
  const test = await samples(library, parts.test, 2);
  const spikes = await test.events({ steps: config.network.steps });
  const types = [];
  /** @type {import("spikelet/infer").Prediction[]} */
  let expected = [];
  for (const type of TYPES) {
    const file = await trainer.exportModel({ weights: type });
    const model = load(file);
    const found = Array.from({ length: spikes.length }, (_, k) => model.predict(spikes.sample(k)));
    if (type === "float32") expected = found;
    const share = (/** @type {(k: number) => boolean} */ holds) => found.filter((_, k) => holds(k)).length / found.length;
    types.push({
      type,
      bytes: file.length,
      right: share((k) => found[k]?.output === test.labels?.[k]),
      same: share((k) => found[k]?.output === expected[k]?.output),
      ...(model.decision !== "membrane" && { sameSteps: share((k) => found[k]?.decisionStep === expected[k]?.decisionStep) }),
    });
  }
  trainer.dispose();
  return { name, epochs, types };
}

/**
 * Images row by row, as signals of their columns, with a spike where one gets brighter or darker.
 *
 * @param {Library} library
 * @param {SpikeDataset} images
 */
function rows({ datasets, encode }, images) {
  const signals = Array.from({ length: images.length }, (_, k) => {
    const pixels = images.image(k) ?? new Float32Array();
    return Array.from({ length: SIDE }, (_, column) => pixels.filter((_, place) => place % SIDE === column));
  });
  return datasets.fromSeries({ signals, labels: images.labels }).encode(encode.delta({ threshold: 0.2, maxSpikes: 3 }));
}
