// npm run bench:stream: steps per second of a stream through 40-256-10, one step a call, one thread, by run() with a promise and by
// step() without one, natively and in WebAssembly in turns. Writes benches/results/<date>-<machine>-stream.json and a table beside it.
//
// npm run bench:stream -- --seconds 2 --rounds 5
import { main, setUp } from "../scripts/setup.mjs";
import { finished, recordOf, writeResult } from "./shared/record.mjs";
import { percent, table } from "./shared/table.mjs";
import { typed, wordsOf } from "./shared/words.mjs";

const words = wordsOf({ seconds: "1", rounds: "7" });

const INPUTS = 40;
/** Steps whose input is made beforehand; they come again and again. */
const STEPS = 1000;
/** Input spikes of a step in the mean: spoken digits have as many while somebody speaks. */
const SPIKES = 3;
/** Ways to run a step. */
const CALLS = { "run()": byRun, "step()": byStep };
/** @type {import("spikelet").Config} */
const CONFIG = {
  network: {
    input: INPUTS,
    steps: 100,
    layers: [
      { type: "dense", units: 256 },
      { type: "dense", units: 10 },
    ],
    neuron: { membraneDecay: 0.95, currentDecay: 0.8, threshold: 0.5 },
  },
  loss: { type: "count" },
  training: { threads: 1, seed: 1 },
};

await main(async () => {
  await setUp();
  const record = recordOf(typed("bench:stream"));
  const { createNetwork } = await import("../dist/index.js");
  const { spread } = await import("../dist/cli/bench/statistics.js");
  const { median } = await import("../dist/spread.js");
  const { mulberry32 } = await import("../dist/random.js");
  const draw = mulberry32(1);
  const input = Array.from({ length: STEPS }, () => {
    const units = Array.from({ length: INPUTS }, (_, unit) => unit).filter(() => draw() < SPIKES / INPUTS);
    return { times: units.map(() => 0), units };
  });
  const sides = [];
  for (const backend of /** @type {const} */ (["native", "wasm"])) {
    const network = await createNetwork(CONFIG, { backend });
    const stream = await network.stream();
    for (const [call, steps] of Object.entries(CALLS)) {
      const { simd } = network.backend;
      sides.push({ backend, call, steps, simd, network, stream, rates: /** @type {number[]} */ ([]), spikes: 0 });
    }
  }
  for (const side of sides) await side.steps(side.stream, input, 0.2);
  for (let round = 0; round < Number(words.rounds); round++) {
    for (const side of sides) {
      const { rate, spikes } = await side.steps(side.stream, input, Number(words.seconds));
      side.rates.push(rate);
      side.spikes = spikes;
    }
  }
  const cases = [];
  for (const { backend, call, simd, rates, spikes, network } of sides) {
    const inputs = input.reduce((sum, { units }) => sum + units.length, 0) / STEPS;
    cases.push({
      backend,
      call,
      simd,
      stepsPerSecond: median(rates),
      spread: spread(rates),
      outputSpikesPerStep: spikes,
      inputs,
    });
    network.dispose();
  }
  const result = { ...finished(record), case: "40-256-10, one step a call, one thread", cases };
  const rows = cases.map((one) => [
    one.backend,
    one.call,
    one.simd,
    one.stepsPerSecond,
    percent(one.spread),
    one.inputs.toFixed(1),
    one.outputSpikesPerStep.toFixed(3),
  ]);
  const heads = [result.case, "call", "SIMD", "steps/s", "spread", "input spikes a step", "output spikes a step"];
  writeResult(result, "-stream", table(heads, rows));
});

/** Runs all steps of `input` over and over for some seconds, with a promise for each. */
async function byRun(stream, input, seconds) {
  return repeated(input, seconds, async () => {
    let spikes = 0;
    for (const one of input) spikes += (await stream.run(one)).spikes.times.length;
    return spikes;
  });
}

/** Runs them without promises. */
async function byStep(stream, input, seconds) {
  return repeated(input, seconds, () => {
    let spikes = 0;
    for (const { units } of input) for (const fired of stream.step(units)) spikes += fired;
    return spikes;
  });
}

async function repeated(input, seconds, all) {
  const start = performance.now();
  let [count, spikes] = [0, 0];
  for (;;) {
    spikes += await all();
    count += input.length;
    const passed = (performance.now() - start) / 1000;
    if (passed >= seconds) return { rate: count / passed, spikes: spikes / count };
  }
}
