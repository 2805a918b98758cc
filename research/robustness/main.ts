// What networks of each rule and loss lose when their input, their constants or their weights are disturbed after the training.
//
// npm run experiment -- --robustness --data DIR [--dataset fashion-mnist] [--compared best,equal,equalSpikes] [--only "antlr, latency"] [--seeds 1,2,3]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { datasets, encode } from "spikelet";
import { DATASETS, entries, withPrice } from "./networks.js";
import { type Compared, robustness } from "./study.js";

/** Parts of the data. */
const PARTS = { seed: 1, train: 20_000, validation: 10_000 };

const READ = { mnist: datasets.mnist, "fashion-mnist": datasets.fashionMnist };
const COMPARED: readonly Compared[] = ["best", "equal", "equalSpikes"];

const { values: words } = parseArgs({
  options: {
    data: { type: "string", default: "data" },
    dataset: { type: "string", default: "mnist" },
    compared: { type: "string", default: COMPARED.join(",") },
    only: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
  },
});
const dataset = oneOf("--dataset", words.dataset, Object.keys(DATASETS) as (keyof typeof DATASETS)[]);
const compared = words.compared.split(",").map((word) => oneOf("--compared", word, COMPARED));
const all = await entries(dataset);
const only =
  words.only === undefined
    ? undefined
    : oneOf(
        "--only",
        words.only,
        all.map(({ name }) => name),
      );
const chosen = all.filter(({ name }) => only === undefined || name === only);

const images = await READ[dataset]({ dir: join(words.data, dataset) });
const split = images.encode(encode.latency({ first: 0, last: 24 })).split(PARTS);
const plan = { entries: [...chosen], seeds: words.seeds.split(",").map(Number), compared, equal: DATASETS[dataset].equal };
if (compared.includes("equalSpikes")) for (const [k, entry] of chosen.entries()) plan.entries[k] = await withPrice(entry, split);
for (const entry of plan.entries) say(entry);
for await (const line of robustness(plan, split)) say(line);

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function oneOf<Word extends string>(flag: string, word: string, words: readonly Word[]): Word {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new Error(`${flag}: "${word}" is none of ${words.join("; ")}`);
  return found;
}
