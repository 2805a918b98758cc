// Networks of every kind of connection that NIR has, with drawn weights, run as files in other libraries: is each spike of the
// output the same?
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpz } from "../compare/npz.mjs";

const OUTPUTS = fileURLToPath(new URL("outputs.py", import.meta.url));
const STEPS = 40;

const lif = { currentDecay: 0, membraneDecay: 0.75, currentGain: 1, membraneGain: 1, biasGain: 1 };
const cuba = { currentDecay: 0.75, membraneDecay: 0.875, currentGain: 0.25, membraneGain: 1, reset: "membrane" };
const list = { input: 12, steps: STEPS, neuron: lif };
const image = { input: [2, 6, 6], steps: STEPS, neuron: lif };
const five = { type: "dense", units: 5 };
const hidden = { type: "dense", units: 8 };
const flat = [{ type: "flatten" }, five];
const conv = { type: "conv2d", channels: 4, kernel: 3 };

const NETWORKS = {
  LIF: { ...list, layers: [hidden, five] },
  IF: { ...list, neuron: { currentDecay: 0, membraneDecay: 1 }, layers: [hidden, five] },
  CubaLIF: { ...list, neuron: cuba, layers: [hidden, five] },
  "recurrent LIF": { ...list, layers: [{ ...hidden, recurrent: true }, five] },
  "recurrent CubaLIF": { ...list, neuron: cuba, layers: [{ ...hidden, recurrent: true }, five] },
  "Conv2d, stride and padding": { ...image, layers: [{ ...conv, stride: 2, padding: 1 }, ...flat] },
  "Conv2d, dilation": { ...image, layers: [{ ...conv, kernel: 2, dilation: 2, padding: 1 }, ...flat] },
  "Conv2d, same with an even kernel": { ...image, layers: [{ ...conv, kernel: 2 }, ...flat] },
  "Conv2d, groups": { ...image, layers: [{ ...conv, groups: 2 }, ...flat] },
  Conv1d: { ...image, input: [3, 12], layers: [{ type: "conv1d", channels: 4, kernel: 3, stride: 2, padding: 1 }, ...flat] },
  AvgPool2d: { ...image, layers: [conv, { type: "avgPool2d", window: 2 }, ...flat] },
  "AvgPool2d over the whole image": { ...image, layers: [conv, { type: "globalAvgPool" }, five] },
  "sources that add": {
    ...list,
    layers: [
      { ...hidden, name: "a" },
      { ...hidden, name: "b" },
      { ...five, from: ["a", "b"] },
    ],
  },
  "residual of convolutions": {
    ...image,
    layers: [{ ...conv, name: "a" }, { ...conv, name: "b" }, { type: "flatten", from: ["a", "b"] }, five],
  },
  "two inputs by weights": {
    ...list,
    layers: [hidden, { ...hidden, inputs: [{ type: "dense", from: "input" }] }, five],
  },
  "spikes without weights": {
    ...list,
    neuron: { ...lif, currentGain: 0.25, threshold: 0.3 },
    layers: [{ ...hidden, name: "a" }, { ...hidden, inputs: [{ type: "oneToOne", from: "a", learn: false }] }, five],
  },
  Scale: { ...list, layers: [{ ...hidden, name: "a" }, { ...hidden, inputs: [{ type: "oneToOne", from: "a" }] }, five] },
  feedback: {
    ...list,
    layers: [{ ...hidden, name: "a", inputs: [{ type: "dense", from: "b" }] }, { ...hidden, name: "b" }, five],
  },
  Delay: { ...list, layers: [{ ...hidden, delays: { max: 4 } }, five] },
};

/** Prints how many spikes of the output each library has that are not here, and here that it does not have. */
export async function compareGraphs(python, parent, dt) {
  const folder = join(parent, "graphs");
  mkdirSync(folder);
  const ours = new Map();
  for (const name of Object.keys(NETWORKS)) ours.set(name, await written(join(folder, name), NETWORKS[name], dt));
  console.log("\n| network | library | spikes here | there | differing |");
  console.log("|---|---|---:|---:|---:|");
  for (const library of ["snntorch", "norse"]) {
    const { status, stdout, stderr } = spawnSync(python, [OUTPUTS, library, folder, String(dt)], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const theirs = JSON.parse(stdout);
    for (const [name, here] of ours) console.log(`| ${name} | ${library} | ${here.size} | ${agreement(here, theirs[name])} |`);
  }
}

/** Writes a network and the spikes of its input, and returns the spikes of its output. */
async function written(path, network, dt) {
  const { createNetwork, datasets, exportNir } = await import("spikelet");
  const random = generator(7);
  const made = await createNetwork({ network, loss: { type: "count" } });
  const fixed = network.layers.some((layer) => layer.inputs?.some(({ learn }) => learn === false));
  const drawn = (weights) => weights.map(() => 1.6 * random() - 0.5);
  const delays = (learnt) => learnt?.delays && { learnt: { delays: learnt.delays.map(Math.round) } };
  for (const [layer, { weights, biases, learnt, inputs = [] }] of (await made.parameters()).entries()) {
    const further = inputs.map((input) => ({ weights: fixed ? input.weights : drawn(input.weights), ...delays(input.learnt) }));
    await made.setParameters(layer, { weights: drawn(weights), biases, ...delays(learnt), inputs: further });
  }
  const shape = [network.input].flat();
  const units = shape.reduce((product, length) => product * length, 1);
  const cells = Array.from({ length: STEPS * units }, (_, cell) => cell).filter(() => random() < 0.2);
  const train = { times: cells.map((cell) => Math.floor(cell / units)), units: cells.map((cell) => cell % units) };
  const { layers } = await made.predict(datasets.fromSpikes({ spikes: [train] }));
  writeFileSync(`${path}.nir`, (await exportNir(made, { dt })).bytes);
  const arrays = { times: Uint32Array.from(train.times), units: Uint32Array.from(train.units), steps: Uint32Array.of(STEPS) };
  writeNpz(`${path}.npz`, { ...arrays, shape: Uint32Array.from(shape) });
  made.dispose();
  return new Set([...layers.at(-1).triples()].map(([, step, unit]) => `${step} ${unit}`));
}

function agreement(here, theirs) {
  if (typeof theirs === "string") return `${theirs.split("\n")[0].replaceAll("|", "/")} | `;
  const there = new Set(theirs.map((place) => place.join(" ")));
  const differing = [...here].filter((place) => !there.has(place)).length + [...there].filter((place) => !here.has(place)).length;
  return `${there.size} | ${differing}`;
}

/** Numbers from 0 to 1, the same on every machine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
