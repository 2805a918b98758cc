// npm run bench:exchange: trains small networks, writes them as NIR, runs the files in snnTorch and Norse on the same input, and
// says how many spikes are the same; then the same of small networks of every kind of connection.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main, setUp } from "../../scripts/setup.mjs";
import { peersEnvironment } from "../compare/environment.mjs";
import { writeNpz } from "../compare/npz.mjs";
import { compareGraphs } from "./graphs.mjs";

const DT = 1e-4;
const STEPS = 200;
const SAMPLES = 200;
const SIMULATE = fileURLToPath(new URL("simulate.py", import.meta.url));

/** The membrane's gain is what `gain: "auto"` gives. */
const cuba = (biasGain) => ({ currentDecay: 0.99, membraneDecay: 0.99, currentGain: 1, membraneGain: 0.027047, biasGain });
const CASES = [
  { name: "LIF, biases", neuron: { currentDecay: 0, membraneDecay: 0.95, currentGain: 1, membraneGain: 0.3, biasGain: 0.05 } },
  { name: "CubaLIF, no biases", neuron: cuba(0) },
  { name: "CubaLIF, biases in v_leak", neuron: cuba(0.027047), libraries: ["norse"] },
  { name: "CubaLIF, biases as currents", neuron: cuba(0.027047), bias: "affine" },
];

const percent = (share) => `${(100 * share).toFixed(2)} %`;

await main(async () => {
  await setUp();
  const python = await peersEnvironment();
  const folder = mkdtempSync(join(tmpdir(), "spikelet-exchange-"));
  try {
    console.log("| network | library | layer | spikes here | there | the same | first spikes the same | decisions the same |");
    console.log("|---|---|---|---:|---:|---:|---:|---:|");
    for (const given of CASES) await compare(python, folder, given);
    await compareGraphs(python, folder, DT);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function compare(python, folder, { name, neuron, bias = "leak", libraries = ["snntorch", "norse"] }) {
  const { createTrainer, datasets, encode, exportNir } = await import("spikelet");
  const digits = await datasets.digits();
  const { train, test } = digits.encode(encode.latency({ first: 0, last: 24 })).split({ seed: 1 });
  const trainer = await createTrainer({
    network: {
      input: 784,
      steps: STEPS,
      neuron,
      layers: [
        { type: "dense", units: 100 },
        { type: "dense", units: 10 },
      ],
    },
    loss: { type: "latency", inverseTemperature: 0.5, endSimulation: "off" },
    training: { epochs: 5, seed: 1 },
  });
  for await (const _ of trainer.run(train));
  const samples = test.slice(0, SAMPLES);
  const { accuracy } = await trainer.evaluate(samples);
  const ours = (await trainer.predict(samples)).layers;
  const [network, input, output] = ["network.nir", "input.npz", "spikes.npz"].map((file) => join(folder, file));
  writeFileSync(network, (await exportNir(trainer, { dt: DT, bias })).bytes);
  const { offsets, times, units } = await samples.events({ steps: STEPS });
  writeNpz(input, { offsets, times: Uint32Array.from(times), units, steps: Uint32Array.of(STEPS), shape: Uint32Array.of(784) });
  for (const library of libraries) {
    const { status, stderr } = spawnSync(python, [SIMULATE, library, network, input, output, String(DT)], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const theirs = await spikesOf(readFileSync(output), ours.length);
    for (const [layer, events] of ours.entries()) {
      const found = agreement(events, theirs[layer], layer === 0 ? 100 : 10);
      const decisions = layer === 1 ? percent(found.decisions) : "";
      console.log(
        `| ${name} (${percent(accuracy.firstSpike)}) | ${library} | ${layer} | ${found.here} | ${found.there} | ${percent(found.same)} | ${percent(found.first)} | ${decisions} |`,
      );
    }
  }
}

/** Spikes by layer as bits, [sample][step][unit]. */
async function spikesOf(bytes, layers) {
  const { parseNpz } = await import("spikelet");
  const arrays = await parseNpz(bytes);
  return Array.from({ length: layers }, (_, layer) => arrays[`neuron${layer}`].values);
}

function agreement(events, bits, units) {
  const has = (place) => (bits[place >> 3] >> (7 - (place & 7))) & 1;
  const place = (sample, step, unit) => (sample * STEPS + step) * units + unit;
  const mine = new Set();
  for (const [sample, step, unit] of events.triples()) mine.add(place(sample, step, unit));
  let there = 0;
  let both = 0;
  let first = 0;
  let equal = 0;
  let decisions = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const firsts = { here: [], there: [] };
    for (let unit = 0; unit < units; unit++) {
      let [here, other] = [STEPS, STEPS];
      for (let step = STEPS - 1; step >= 0; step--) {
        const at = place(sample, step, unit);
        if (has(at)) {
          there += 1;
          other = step;
          if (mine.has(at)) both += 1;
        }
        if (mine.has(at)) here = step;
      }
      firsts.here.push(here);
      firsts.there.push(other);
      if (here < STEPS || other < STEPS) {
        first += 1;
        if (here === other) equal += 1;
      }
    }
    const earliest = (list) => list.indexOf(Math.min(...list));
    if (earliest(firsts.here) === earliest(firsts.there)) decisions += 1;
  }
  // Of the spikes that either has.
  return {
    here: mine.size,
    there,
    same: both / (mine.size + there - both),
    first: equal / first,
    decisions: decisions / SAMPLES,
  };
}
