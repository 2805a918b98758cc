// node benches/eprop.mjs: what the backward pass of e-prop costs over a recurrent layer, in milliseconds of processor time for a batch of 16:
// beside back-propagation through time over the same layer, and beside a feed-forward layer with equally many inputs that gets the same
// spikes, the recurrent ones a step later among its inputs. One thread, in turns; a backward pass is gradients less a prediction.
// --sizes 784-800-10,700-256-20 --steps 100 --surrogate arctan --rounds 15
import { parseArgs } from "node:util";
import { createTrainer, datasets } from "../dist/index.js";
import { median } from "../dist/spread.js";

const BATCH = 16;
/** Part of all units and steps at which an input fires. */
const EVENTS = 0.02;
/** Factor on the weights of the hidden layer, so that it fires. */
const WEIGHT_SCALE = 1.5;
const CALLS = 4;

const { values: words } = parseArgs({
  options: {
    sizes: { type: "string", default: "784-800-10,700-256-20" },
    steps: { type: "string", default: "100" },
    surrogate: { type: "string", default: "arctan" },
    rounds: { type: "string", default: "15" },
  },
});
const steps = Number(words.steps);
const surrogate = /** @type {any} */ ({ type: words.surrogate });

for (const sizes of words.sizes.split(",")) await compare(/** @type {any} */ (sizes.split("-").map(Number)));

/** @param {[number, number, number]} sizes inputs, hidden units, outputs */
async function compare([inputs, hidden, outputs]) {
  const spikes = drawnSpikes(inputs);
  const labels = spikes.map((_, sample) => sample % outputs);
  const trainers = {
    "e-prop, recurrent": await trainer(inputs, "eprop", true),
    "through time, recurrent": await trainer(inputs, "activation", true),
    "through time, feed-forward": await trainer(inputs + hidden, "activation", false),
  };
  const [first] = Object.values(trainers);
  const parameters = (await first.parameters()).map(({ weights, biases }, layer) => ({
    weights: weights.map((weight) => (layer === 0 ? WEIGHT_SCALE * weight : weight)),
    biases,
  }));
  for (const each of Object.values(trainers)) {
    for (const [layer, given] of parameters.entries()) await each.setParameters(layer, given);
  }
  const data = datasets.fromSpikes({ spikes, labels });
  const { layers } = await first.predict(data);
  const both = datasets.fromSpikes({
    spikes: spikes.map((train, sample) => withHidden(train, layers[0], sample, inputs)),
    labels,
  });
  const found = Object.fromEntries(Object.keys(trainers).map((name) => [name, /** @type {number[]} */ ([])]));
  for (let round = 0; round < Number(words.rounds); round++) {
    for (const [name, each] of Object.entries(trainers)) {
      const samples = name.endsWith("forward") ? both : data;
      found[name].push((await cost(() => each.gradients(samples))) - (await cost(() => each.predict(samples))));
    }
  }
  console.log(
    `${inputs}-${hidden}-${outputs}, ${steps} steps, ${(layers[0].times.length / BATCH / hidden).toFixed(2)} spikes per hidden unit`,
  );
  const reference = median(found["through time, feed-forward"]);
  for (const [name, costs] of Object.entries(found)) {
    console.log(`  ${name}: ${median(costs).toFixed(2)} ms, × ${(median(costs) / reference).toFixed(2)}`);
  }
  for (const each of Object.values(trainers)) each.dispose();

  function trainer(count, type, recurrent) {
    return createTrainer({
      network: {
        input: count,
        steps,
        layers: [
          { type: "dense", units: hidden, recurrent },
          { type: "dense", units: outputs, neuron: { type: "leaky" } },
        ],
      },
      rule: { type, surrogate },
      loss: { type: "membrane" },
      training: { threads: 1, batchSize: BATCH },
    });
  }
}

function drawnSpikes(inputs) {
  let state = 1;
  const draw = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: BATCH }, () => {
    const fired = Array.from({ length: steps * inputs }, (_, k) => k).filter(() => draw() < EVENTS);
    return { times: fired.map((k) => Math.floor(k / inputs)), units: fired.map((k) => k % inputs) };
  });
}

/** Input spikes and, a step later, those of the hidden layer. */
function withHidden({ times, units }, { times: hiddenTimes, units: hiddenUnits, offsets }, sample, inputs) {
  const own = Array.from({ length: offsets[sample + 1] - offsets[sample] }, (_, k) => offsets[sample] + k);
  const arriving = own.filter((k) => hiddenTimes[k] + 1 < steps);
  return {
    times: [...times, ...arriving.map((k) => hiddenTimes[k] + 1)],
    units: [...units, ...arriving.map((k) => inputs + hiddenUnits[k])],
  };
}

async function cost(work) {
  const start = process.cpuUsage();
  for (let call = 0; call < CALLS; call++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / CALLS;
}
