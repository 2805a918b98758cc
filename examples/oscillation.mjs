// node examples/oscillation.mjs: a readout tells where a noisy oscillation will be, better than a linear filter does; seconds.
import { createTrainer, datasets, encode } from "spikelet";

const [STEPS, AHEAD, NOISE] = [100, 8, 0.5];

/** Numbers in −1..1, the same in every run. */
function numbers(state = 1) {
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x4000_0000 - 1;
  };
}

/** Oscillations of a pace of their own: what a sensor gives, and what they are `AHEAD` steps later. @param {number} samples @param {() => number} draw */
function oscillations(samples, draw) {
  const drawn = Array.from({ length: samples }, () => {
    const [pace, phase] = [0.2 + 0.08 * draw(), Math.PI * draw()];
    const at = (/** @type {number} */ t) => Math.sin(pace * t + phase);
    const signal = Float32Array.from({ length: STEPS }, (_, t) => at(t) + NOISE * (draw() + draw()));
    return { signal, target: Float32Array.from({ length: STEPS }, (_, t) => at(t + AHEAD)) };
  });
  return { signals: drawn.map(({ signal }) => signal), series: drawn.flatMap(({ target }) => [...target]) };
}

/** @typedef {ReturnType<typeof oscillations>} Part */

/** The value one and the last `taps` values of a signal at a step, zeros before its beginning. @param {Part} part @param {number} taps */
const windows = ({ signals }, taps) =>
  signals.flatMap((x) => Array.from(x, (_, t) => [1, ...Array.from({ length: taps }, (_, k) => x[t - k] ?? 0)]));

/** Coefficients of least squares: the normal equations, by elimination. @param {number[][]} rows @param {number[]} targets */
function fitted(rows, targets) {
  const size = rows[0]?.length ?? 0;
  const at = (/** @type {number[] | undefined} */ row, /** @type {number} */ k) => row?.[k] ?? 0;
  const left = rows.map((row, n) => [...row, at(targets, n)]);
  const a = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (_, j) => left.reduce((sum, row) => sum + at(row, i) * at(row, j), 0)),
  );
  for (let pivot = 0; pivot < size; pivot++) {
    a.forEach((row, i) => {
      const factor = i === pivot ? 0 : at(row, pivot) / at(a[pivot], pivot);
      row.forEach((value, j) => {
        row[j] = value - factor * at(a[pivot], j);
      });
    });
  }
  return a.map((row, i) => at(row, size) / at(row, i));
}

/** Mean squared error of a linear filter. @param {Part} part @param {number[]} filter */
function errorOf(part, filter) {
  const found = windows(part, filter.length - 1).map((row) => row.reduce((sum, x, k) => sum + x * (filter[k] ?? 0), 0));
  return found.reduce((sum, y, n) => sum + (y - (part.series[n] ?? 0)) ** 2, 0) / found.length;
}

/** The one with the least error. @template T @param {{ error: number, value: T }[]} tried */
const best = (tried) => tried.reduce((least, next) => (next.error < least.error ? next : least)).value;

/**
 * Mean squared errors on the test part; the length of the filter and the learning rate are chosen on the validation part.
 *
 * @returns {Promise<{ linear: number, spiking: number, taps: number, learningRate: number }>}
 */
export async function oscillation() {
  const draw = numbers();
  const [train, validation, test] = [400, 100, 100].map((samples) => oscillations(samples, draw));
  if (train === undefined || validation === undefined || test === undefined) throw new Error("three parts were drawn");
  const filters = [2, 5, 10, 20].map((taps) => fitted(windows(train, taps), train.series));
  const filter = best(filters.map((value) => ({ error: errorOf(validation, value), value })));

  const encoding = encode.current({ neurons: 16, gain: 1.5, bias: 1, timeConstant: 3, spread: 0.9 });
  const dataOf = (/** @type {Part} */ { signals, series }) =>
    datasets.fromSeries({ signals: signals.map((x) => [x]), series }).encode(encoding);
  const input = await dataOf(train).inputUnits();
  const learn = async (/** @type {number} */ learningRate) => {
    const value = await createTrainer({
      network: {
        input,
        steps: STEPS,
        neuron: { reset: "membrane", currentDecay: 0.5, membraneDecay: 0.8 },
        layers: [
          { type: "dense", units: 50, recurrent: true },
          { type: "dense", units: 1, neuron: { type: "leaky" } },
        ],
      },
      rule: { type: "activation" },
      loss: { type: "trace" },
      optimizer: { type: "adam", learningRate },
      schedule: { type: "constant" },
      training: { batchSize: 20, epochs: 10, seed: 1 },
    });
    await value.run(dataOf(train));
    return {
      error: (await value.evaluate(dataOf(validation))).meanSquaredError ?? Number.POSITIVE_INFINITY,
      value,
      learningRate,
    };
  };
  const tried = [await learn(0.003), await learn(0.01)];
  const { learningRate, value: network } = best(tried.map((value) => ({ error: value.error, value })));
  const spiking = (await network.evaluate(dataOf(test))).meanSquaredError ?? Number.NaN;
  for (const { value } of tried) value.dispose();
  return { linear: errorOf(test, filter), spiking, taps: filter.length - 1, learningRate };
}

if (import.meta.filename === process.argv[1]) {
  const { linear, spiking, taps, learningRate } = await oscillation();
  console.log(`linear filter of the last ${taps} values: mean squared error ${linear.toFixed(3)}`);
  console.log(`spiking network, learning rate ${learningRate}: ${spiking.toFixed(3)}`);
}
