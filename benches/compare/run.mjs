// npm run bench:compare: trains and runs 784-800-10 over 300 steps with SpikingJelly, snnTorch, Norse, Spyx and with us, taking
// turns on the same digits, and writes the ratios with their spread.
//
// npm run bench:compare -- --quick
// npm run bench:compare -- --peers spyx,norse --batches 128 --threads 2 --seconds 5 --repetitions 7
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { finished, headline, recordOf, resultFile } from "../shared/record.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";
import { Contestant } from "./contestant.mjs";
import { pythonEnvironment } from "./environment.mjs";
import { INCLUDED, PEERS } from "./peers.mjs";
import { comparisonTable } from "./report.mjs";

const words = wordsOf({
  peers: Object.keys(PEERS).join(","),
  batches: "16,128",
  threads: String(Math.min(2, availableParallelism())),
  seconds: "4",
  repetitions: "7",
  quick: false,
});
if (words.quick) Object.assign(words, { seconds: "1", repetitions: "3", batches: "16" });

await main(async () => {
  const peers = list(words.peers);
  const unknown = peers.find((peer) => !(peer in PEERS));
  if (unknown !== undefined) throw new StepFailed(`there is no peer "${unknown}": there are ${Object.keys(PEERS).join(", ")}`);
  await setUp();
  const python = await pythonEnvironment();
  const { exportDigits, STEPS } = await import("./inputs.mjs");
  const inputs = await exportDigits();
  const record = recordOf(typed("bench:compare"));
  const rows = [];
  for (const peer of peers) {
    for (const batch of list(words.batches)) {
      process.stderr.write(`${peer}, batch ${batch}\n`);
      const worker = [join(ROOT, "benches/compare/peers/worker.py"), peer, inputs, String(STEPS), batch, words.threads];
      const other = new Contestant(python, worker);
      const ours = new Contestant(process.execPath, [join(ROOT, "benches/compare/ours.mjs"), batch, words.threads]);
      try {
        rows.push(...(await compare(peer, { other, ours, batch: Number(batch) })));
      } finally {
        other.close();
        ours.close();
      }
    }
  }
  const result = { ...finished(record), included: INCLUDED, rows };
  const text = [...headline(result), ...comparisonTable(rows), INCLUDED, ""].join("\n");
  const file = resultFile(result, "-compare.json");
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(resultFile(result, "-compare.md"), text);
  process.stdout.write(`${text}\nwritten to ${file}\n`);
});

/** A B A B …: what disturbs the machine for long disturbs both. */
async function compare(peer, { other, ours, batch }) {
  const seconds = Number(words.seconds);
  const about = { other: await other.ready(), ours: await ours.ready() };
  const rows = [];
  for (const phase of ["train", "infer"]) {
    const turns = [];
    for (const contestant of [other, ours]) await contestant.work(phase, 0.2);
    for (let repetition = 0; repetition < Number(words.repetitions); repetition++) {
      turns.push({ other: await other.work(phase, seconds), ours: await ours.work(phase, seconds) });
    }
    rows.push({ peer, configuration: PEERS[peer], about, phase, batch, threads: Number(words.threads), turns });
  }
  return rows;
}
