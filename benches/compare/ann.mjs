// An ordinary network of the same size on the same splits of images: rectifiers, with the same shifts, input dropout, schedule and
// averages of weights as the series `moved` of `npm run experiment -- mnist-goals`. The best epoch on the validation data meets the
// test data once.
//
// node benches/compare/ann.mjs --data data/mnist
// node benches/compare/ann.mjs --data data/mnist --shift 0 --seeds 1,2 --epochs 5 --out ann.json
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { datasets } from "../../dist/index.js";
import { pythonEnvironment } from "../../scripts/python.mjs";
import { run } from "../../scripts/run.mjs";
import { main } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { wordsOf } from "../shared/words.mjs";
import { writeNpz } from "./npz.mjs";

const words = wordsOf({
  data: join(ROOT, "data", "mnist"),
  seeds: "11,12,13,14,15",
  epochs: "30",
  batch: "32",
  rate: "0.001",
  shift: "1",
  dropout: "0.1",
  out: "",
});

await main(async () => {
  const python = await pythonEnvironment("ann-python", "benches/compare/ann-requirements.txt", "NumPy");
  const parts = (await datasets.mnist({ dir: words.data })).split({ seed: 1 });
  const folder = join(ROOT, ".cache", "compare");
  mkdirSync(folder, { recursive: true });
  const arrays = Object.entries(parts).flatMap(([name, part]) => [
    [`${name}Pixels`, part.pixels(0, part.length)],
    [`${name}Labels`, Uint8Array.from(part.labels)],
  ]);
  const file = join(folder, "ann.npz");
  writeNpz(file, Object.fromEntries(arrays));
  const { data: _, ...options } = words;
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await run(python, [join(ROOT, "benches", "compare", "ann.py"), file, ...flags]);
});
