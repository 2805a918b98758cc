// What networks of each rule and loss lose when their input, their constants or their weights are disturbed after the training.
//
// npm run experiment -- --robustness --data DIR [--only "antlr, latency"] [--seeds 1,2,3]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { datasets, encode } from "spikelet";
import { entries } from "./networks.js";
import { robustness } from "./study.js";

/** Parts of MNIST. */
const PARTS = { seed: 1, train: 20_000, validation: 10_000 };

const { values: words } = parseArgs({
  options: {
    data: { type: "string", default: "data" },
    only: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
  },
});
const all = await entries();
const chosen = words.only === undefined ? all : all.filter(({ name }) => name === words.only);
if (chosen.length === 0) throw new Error(`--only: there are ${all.map(({ name }) => name).join("; ")}`);

const images = await datasets.mnist({ dir: join(words.data, "mnist") });
const split = images.encode(encode.latency({ first: 0, last: 24 })).split(PARTS);
for (const entry of chosen) say(entry);
for await (const line of robustness(chosen, words.seeds.split(",").map(Number), split)) say(line);

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
