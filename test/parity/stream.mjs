// A signal that streams hear step by step and a data set as a whole, in Node and in a page alike.
import { createNetwork, datasets, encode } from "spikelet";

const STEPS = 300;
const ENCODING = encode.delta({ threshold: 0.2, maxSpikes: 3 });
/** @type {import("spikelet").Config} */
const CONFIG = {
  network: {
    input: 8,
    steps: STEPS,
    layers: [
      { type: "dense", units: 40, recurrent: true },
      { type: "dense", units: 3 },
    ],
    neuron: { threshold: 0.1, membraneDecay: 0.9, currentDecay: 0.7, currentGain: 1 },
  },
  loss: { type: "latency", endSimulation: "off" },
  training: { seed: 2 },
};

/**
 * Output spikes `[step, unit]` of a whole sample and of streams that hear it 1 and 50 steps at a time, and what each decides.
 *
 * @param {import("spikelet").CreateOptions} options
 */
export async function streamed(options) {
  const network = await createNetwork(CONFIG, options);
  const { layers, byCount, byFirstSpike, decisionStep } = await network.predict(signal());
  const whole = {
    spikes: [...(layers[1]?.triples() ?? [])].map(([, step, unit]) => [step, unit]),
    decided: [byCount?.[0], byFirstSpike?.[0], decisionStep?.[0]],
  };
  const streams = [];
  for (const chunk of [1, 50]) {
    const answers = await heard(network, chunk);
    const spikes = answers.flatMap(({ start, spikes: { times, units } }) =>
      Array.from(times, (time, k) => [start + time, units[k] ?? 0]),
    );
    const last = answers.at(-1);
    streams.push({ spikes, decided: [last?.byCount, last?.byFirstSpike, last?.decisionStep] });
  }
  network.dispose();
  return { whole, streams };
}

/**
 * Decisions over windows of a network that fires and of readouts with each statistic, and the membranes of these, as plain numbers.
 *
 * @param {import("spikelet").CreateOptions} options
 */
export async function decided(options) {
  const [hidden, output] = CONFIG.network.layers;
  const readout = { ...output, neuron: { type: "leaky", membraneDecay: 0.95 } };
  const network = { ...CONFIG.network, layers: [hidden, readout] };
  const readouts = ["mean", "max", "last", "softmaxSum", "each", "expMean"].map((statistic) => ({
    ...CONFIG,
    network,
    rule: { type: "activation" },
    loss: { type: "membrane", statistic },
  }));
  const found = [];
  for (const config of /** @type {import("spikelet").Config[]} */ ([CONFIG, ...readouts])) {
    const network = await createNetwork(config, options);
    const answers = await heard(network, 7, { window: 40, hop: 15 });
    found.push({
      membranes: answers.flatMap(({ membranes }) => [...membranes]),
      decisions: answers.flatMap(({ decisions }) =>
        decisions.map(({ counts, scoresByMembrane, ...rest }) => ({
          ...rest,
          counts: [...counts],
          scores: [...scoresByMembrane],
        })),
      ),
    });
    network.dispose();
  }
  return found;
}

/** Sawtooths of four channels: only arithmetic that has the same bits everywhere. */
function channels() {
  return [5, 7, 11, 13].map((rate) => Float32Array.from({ length: STEPS }, (_, t) => ((t * rate) % 64) / 16));
}

function signal() {
  return datasets.fromSeries({ signals: [channels()] }).encode(ENCODING);
}

/**
 * What a stream answers to the signal, `chunk` steps at a time.
 *
 * @param {import("spikelet").Network} network
 * @param {number} chunk
 * @param {{ window?: number, hop?: number }} [windows]
 */
async function heard(network, chunk, windows = {}) {
  const all = channels();
  const stream = await network.stream({ encoding: ENCODING, channels: all.length, ...windows });
  const answers = [];
  for (let from = 0; from < STEPS; from += chunk) {
    const length = Math.min(chunk, STEPS - from);
    const times = Array.from({ length }, (_, k) => all.map((channel) => channel[from + k] ?? 0));
    answers.push(await stream.runSignal(Float32Array.from(times.flat())));
  }
  stream.dispose();
  return answers;
}
