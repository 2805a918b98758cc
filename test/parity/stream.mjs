// A signal that a stream hears step by step and a data set as a whole, in Node and in a page alike.
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
  // Sawtooths: only arithmetic that has the same bits everywhere.
  const channels = [5, 7, 11, 13].map((rate) => Float32Array.from({ length: STEPS }, (_, t) => ((t * rate) % 64) / 16));
  const network = await createNetwork(CONFIG, options);
  const data = datasets.fromSeries({ signals: [channels] }).encode(ENCODING);
  const { layers, byCount, byFirstSpike, decisionStep } = await network.predict(data);
  const whole = {
    spikes: [...(layers[1]?.triples() ?? [])].map(([, step, unit]) => [step, unit]),
    decided: [byCount[0], byFirstSpike[0], decisionStep[0]],
  };
  const streams = [];
  for (const chunk of [1, 50]) {
    const stream = await network.stream({ encoding: ENCODING, channels: channels.length });
    /** @type {number[][]} */
    const spikes = [];
    let decided;
    for (let from = 0; from < STEPS; from += chunk) {
      const times = Array.from({ length: chunk }, (_, k) => channels.map((channel) => channel[from + k] ?? 0));
      const answer = await stream.runSignal(Float32Array.from(times.flat()));
      for (const [k, time] of answer.spikes.times.entries()) spikes.push([answer.start + time, answer.spikes.units[k] ?? 0]);
      decided = [answer.byCount, answer.byFirstSpike, answer.decisionStep];
    }
    stream.dispose();
    streams.push({ spikes, decided });
  }
  network.dispose();
  return { whole, streams };
}
