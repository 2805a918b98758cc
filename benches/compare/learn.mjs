// How accurate the networks of other libraries become on the images and spikes of `npm run experiment -- verdict`: 784-800-10 of the
// library's own neurons and surrogate, a search by validation, then seeds that the search has not seen. Goes on where `--out` ends.
//
// node benches/compare/learn.mjs --data data/mnist --peer snntorch --out snntorch.json
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { datasets, encode } from "../../dist/index.js";
import { run } from "../../scripts/run.mjs";
import { main } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { choices, wordsOf } from "../shared/words.mjs";
import { peersEnvironment } from "./environment.mjs";
import { writeNpz } from "./npz.mjs";

/** Simulated steps, and those in which pixels fire. */
const STEPS = 100;
const LAST = 24;
const NEVER = 255;
const PIXELS = 784;

const words = wordsOf({
  data: join(ROOT, "data", "mnist"),
  peer: "snntorch",
  trials: "24",
  images: "10000",
  seeds: "1,2,3",
  epochs: "15",
  batch: "128",
  threads: "1",
  out: "learn.json",
});

await main(async () => {
  choices("peer", words.peer, ["spikingjelly", "snntorch"]);
  const python = await peersEnvironment();
  const data = (await datasets.mnist({ dir: words.data })).encode(encode.latency({ first: 0, last: LAST }));
  const parts = Object.entries(data.split({ seed: 1 }));
  const arrays = await Promise.all(
    parts.map(async ([name, part]) => [
      [`${name}Times`, await timesOf(part)],
      [`${name}Labels`, Uint8Array.from(part.labels)],
    ]),
  );
  const folder = join(ROOT, ".cache", "compare");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `learn-${words.peer}.npz`);
  writeNpz(file, Object.fromEntries(arrays.flat()));
  const { data: _, ...options } = words;
  const flags = Object.entries({ ...options, steps: STEPS, last: LAST });
  await run(python, [
    join(ROOT, "benches", "compare", "peers", "learn.py"),
    file,
    ...flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]);
});

/** The step at which each pixel fires, [image][pixel]; `NEVER` where it does not. */
async function timesOf(part) {
  const { offsets, times, units } = await part.events({ steps: STEPS });
  const found = new Uint8Array(part.length * PIXELS).fill(NEVER);
  for (let image = 0; image < part.length; image++) {
    for (let event = offsets[image]; event < offsets[image + 1]; event++) found[image * PIXELS + units[event]] = times[event];
  }
  return found;
}
