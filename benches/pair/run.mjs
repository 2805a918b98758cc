// npm run bench:pair -- --before OLD.node --after NEW.node: two builds of the addon train in turns. What neighbours on a shared machine
// do falls on both, so that the median of the ratios shows a difference of a few per cent.
//
// npm run bench:pair -- --before old.node --after new.node --case mnist --batch 16 --threads 1 --simd avx2 --rounds 40 --samples 6000 --data DIR
import { quantile } from "../../dist/cli/bench/statistics.js";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { finished, recordOf } from "../shared/record.mjs";
import { typed, wordsOf } from "../shared/words.mjs";
import { Side } from "./side.mjs";

const words = wordsOf({
  before: "",
  after: "",
  case: "real",
  batch: "32",
  threads: "2",
  simd: "",
  rounds: "40",
  samples: "6000",
  data: "",
});

await main(async () => {
  if (words.before === "" || words.after === "")
    throw new StepFailed("--before and --after name two builds of the addon (bindings/node/*.node)");
  await setUp();
  const record = recordOf(typed("bench:pair"));
  const sides = [await Side.open(words.before, words), await Side.open(words.after, words)];
  const times = [[], []];
  try {
    for (let round = 0; round < Number(words.rounds); round++) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const index of order) times[index].push(await sides[index].time());
    }
  } finally {
    for (const side of sides) side.close();
  }
  const [before, after] = times;
  const ratios = before.map((time, round) => time / after[round]);
  const rate = (side, share) => Math.round(1000 / quantile(side, share));
  const result = {
    ...finished(record),
    samplesPerSecond: { before: rate(before, 0.5), after: rate(after, 0.5) },
    best: { before: rate(before, 0), after: rate(after, 0) },
    speedUp: { median: quantile(ratios, 0.5), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
});
