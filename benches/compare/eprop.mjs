// npm run bench:eprop: trains recurrent networks by e-prop and by back-propagation through time with us and with plain PyTorch, on one
// thread each, taking turns, from the same weights on the same spikes. Compares the gradients first, and refuses to measure unless
// they agree. Writes benches/results/<date>-<machine>-eprop.json and a table beside it.
//
// npm run bench:eprop -- --sizes 700-256R-20 --activities sparse --seconds 0.5 --rounds 5
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createTrainer } from "../../dist/index.js";
import { quantile } from "../../dist/spread.js";
import { StepFailed } from "../../scripts/run.mjs";
import { main } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { grouped, table } from "../shared/table.mjs";
import { choices, positive, typed, wordsOf } from "../shared/words.mjs";
import { Contestant } from "./contestant.mjs";
import { peersEnvironment } from "./environment.mjs";
import { BATCH, configOf, DECAY, RULES, SIZES, STEPS, SURROGATE, samplesOf, unitsOf, WEIGHT_SCALES } from "./eprop/case.mjs";
import { writeNpz } from "./npz.mjs";

const words = wordsOf({
  sizes: SIZES.join(","),
  activities: Object.keys(WEIGHT_SCALES).join(","),
  seconds: "1",
  rounds: "15",
});

/** Largest difference of a gradient from ours, relative to the largest element of its array. */
const TOLERANCE = 1e-4;

/** Forms of training of each side, by the name that its process knows. */
const FORMS = {
  ours: { eprop: "Spikelet, `eprop`", bptt: "Spikelet, `activation` through time" },
  torch: {
    eprop: "PyTorch, e-prop by presynaptic traces",
    detached: "PyTorch, e-prop by autograd with detached spikes",
    bptt: "PyTorch, through time by autograd",
  },
};

const ABOUT =
  "Samples of a second of processor time, medians and quartiles of rounds in turns; the ratio is that of Spikelet's `eprop` to each row, round by round. One recurrent layer of leaky integrate-and-fire units without synaptic current, reset by subtraction, below a leaky readout, all decays 0.95; 100 steps, input spikes at 2 % of units and steps, batch 16, cross-entropy of the mean membranes, symmetric feedback, surrogate `arctan`, Adam with a rate that moves no weight. PyTorch gets dense spikes made beforehand. By presynaptic traces, it runs the layer in a loop without autograd, filters input and hidden spikes, moves the readout's filter from the eligibilities to the learning signals, and forms each gradient as one product over all steps and samples, so it stores all steps. Detached, autograd goes back through the same loop with the spikes cut off where they re-enter the layer.";

await main(async () => {
  const rounds = positive("rounds", words.rounds);
  const sizes = choices("sizes", words.sizes, SIZES);
  const activities = choices("activities", words.activities, Object.keys(WEIGHT_SCALES));
  const python = await peersEnvironment();
  const record = recordOf(typed("bench:eprop"));
  const cases = [];
  for (const size of sizes) {
    for (const activity of activities) cases.push({ size, activity, ...(await compare({ size, activity }, python, rounds)) });
  }
  const result = { ...finished(record), about: ABOUT, tolerance: TOLERANCE, cases };
  const heads = ["network", "spikes per hidden unit", "training", "samples/s", "quartiles", "ratio", "quartiles of the ratio"];
  writeResult(result, "-eprop", [...table(heads, cases.flatMap(rowsOf)), ...cases.map(agreement), "", ABOUT, ""]);
});

async function compare({ size, activity }, python, rounds) {
  const { file, spikes } = await exported(size, activity);
  const torch = [file, unitsOf(size).join("-"), STEPS, BATCH, DECAY, SURROGATE.scale, SURROGATE.sharpness];
  const script = join(ROOT, "benches/compare/peers/eprop.py");
  const sides = {
    ours: new Contestant(process.execPath, [join(ROOT, "benches/compare/eprop/ours.mjs"), size, activity]),
    torch: new Contestant(python, [script, ...torch.map(String)]),
  };
  try {
    const about = { ours: await sides.ours.ready(), torch: await sides.torch.ready() };
    refuseUnlike(size, about.torch, spikes.total);
    const phases = Object.entries(FORMS).flatMap(([side, forms]) => Object.keys(forms).map((form) => ({ side, form })));
    for (const { side, form } of phases) await sides[side].work(form, 0.2);
    const turns = [];
    for (let round = 0; round < rounds; round++) {
      const turn = { ours: {}, torch: {} };
      for (const { side, form } of phases) {
        process.stderr.write(`${size}, ${activity}, round ${round + 1}: ${FORMS[side][form]}\n`);
        turn[side][form] = await sides[side].work(form, Number(words.seconds));
      }
      turns.push(turn);
    }
    return { spikesPerHiddenUnit: spikes.total / spikes.samples / unitsOf(size)[1], about, turns };
  } finally {
    for (const side of Object.values(sides)) side.close();
  }
}

/** Writes samples, weights and our gradients of the first batch where PyTorch reads them; the spikes of the hidden layer. */
async function exported(size, activity) {
  const data = samplesOf(size);
  const { offsets, times, units } = await data.events({ steps: STEPS });
  const arrays = { offsets, times, units, labels: data.labels };
  const spikes = { total: 0, samples: data.length };
  for (const [name, rule] of Object.entries(RULES)) {
    const trainer = await createTrainer(configOf(size, rule));
    const scaled = (await trainer.parameters()).map(({ weights, biases }) => ({
      weights: weights.map((weight) => weight * WEIGHT_SCALES[activity]),
      biases,
    }));
    for (const [layer, given] of scaled.entries()) await trainer.setParameters(layer, given);
    Object.assign(arrays, byLayer("", scaled));
    Object.assign(arrays, byLayer(`${name}_`, (await trainer.gradients(data.slice(0, BATCH))).layers));
    spikes.total = (await trainer.predict(data)).layers[0].times.length;
    trainer.dispose();
  }
  const file = join(ROOT, ".cache", "compare", `eprop-${size}-${activity}.npz`);
  mkdirSync(join(file, ".."), { recursive: true });
  writeNpz(file, arrays);
  return { file, spikes };
}

function byLayer(prefix, layers) {
  return Object.fromEntries(
    layers.flatMap(({ weights, biases }, layer) => [
      [`${prefix}weights${layer}`, weights],
      [`${prefix}biases${layer}`, biases],
    ]),
  );
}

function refuseUnlike(size, { deviations, spikes }, expected) {
  if (spikes !== expected) throw new StepFailed(`${size}: PyTorch's hidden layer fires ${spikes} times, ours ${expected}`);
  for (const [form, deviation] of Object.entries(deviations)) {
    if (!(deviation <= TOLERANCE)) {
      throw new StepFailed(`${size}: gradients of "${FORMS.torch[form]}" differ from ours by ${deviation} of the largest`);
    }
  }
}

/** One row for each form of training. */
function rowsOf({ size, spikesPerHiddenUnit, turns }) {
  return Object.entries(FORMS).flatMap(([side, forms]) =>
    Object.entries(forms).map(([form, name]) => {
      const rates = turns.map((turn) => rate(turn[side][form]));
      const ratios = turns.map((turn) => rate(turn.ours.eprop) / rate(turn[side][form]));
      const figures = [quantile(rates, 0.5), quartiles(rates), quantile(ratios, 0.5), quartiles(ratios)];
      return [size, spikesPerHiddenUnit, name, ...figures];
    }),
  );
}

function rate({ samples, seconds }) {
  return samples / seconds;
}

function quartiles(values) {
  return [0.25, 0.75].map((share) => grouped(quantile(values, share))).join(" to ");
}

/** What was compared before the measurement. */
function agreement({ size, activity, about: { ours, torch } }) {
  const largest = Math.max(...Object.values(torch.deviations)).toExponential(1);
  return `- ${size}, ${activity}: Spikelet ${ours.version}; PyTorch ${torch.version}; equal spikes, gradients differ by at most ${largest} of the largest element.`;
}
