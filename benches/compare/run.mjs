// npm run bench:compare: trains and runs 784-800-10 over 300 steps with SpikingJelly, snnTorch, Norse, Spyx and with us, a
// convolution with SpikingJelly, dense, deep, recurrent and wide networks with plain PyTorch loops, taking turns on the same samples, and
// writes the ratios with their spread.
//
// npm run bench:compare -- --quick
// npm run bench:compare -- --cases conv --batches 16
// npm run bench:compare -- --peers loops --batches 128
// npm run bench:compare -- --peers spyx,norse --batches 128 --threads 2 --seconds 5 --repetitions 7
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";
import { Contestant } from "./contestant.mjs";
import { peersEnvironment } from "./environment.mjs";
import { COMPARED, INCLUDED, PEERS } from "./peers.mjs";
import { comparisonTable } from "./report.mjs";

const words = wordsOf({
  cases: Object.keys(COMPARED).join(","),
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
  const cases = list(words.cases);
  const strange = cases.find((name) => !(name in COMPARED));
  if (strange !== undefined) throw new StepFailed(`there is no case "${strange}": there are ${Object.keys(COMPARED).join(", ")}`);
  await setUp();
  const python = await peersEnvironment();
  const { exportSamples, stepsOf } = await import("./inputs.mjs");
  const record = recordOf(typed("bench:compare"));
  const rows = [];
  for (const name of cases) {
    const inputs = await exportSamples(name);
    for (const peer of peers.filter((peer) => COMPARED[name].peers.includes(peer))) {
      const most = COMPARED[name].most ?? Number.POSITIVE_INFINITY;
      for (const batch of new Set(list(words.batches).map((batch) => String(Math.min(Number(batch), most))))) {
        process.stderr.write(`${COMPARED[name].about}: ${peer}, batch ${batch}\n`);
        const script = join(ROOT, "benches/compare/peers/worker.py");
        const worker = [script, peer, COMPARED[name].network, inputs, String(stepsOf(name)), batch, words.threads];
        const other = new Contestant(python, worker);
        const ours = new Contestant(process.execPath, [join(ROOT, "benches/compare/ours.mjs"), name, batch, words.threads]);
        try {
          rows.push(...(await compare({ peer, name }, { other, ours, batch: Number(batch) })));
        } finally {
          other.close();
          ours.close();
        }
      }
    }
  }
  const result = { ...finished(record), included: INCLUDED, rows };
  writeResult(result, "-compare", [...comparisonTable(rows), INCLUDED, ""]);
});

/** A B A B …: what disturbs the machine for long disturbs both. */
async function compare({ peer, name }, { other, ours, batch }) {
  const seconds = Number(words.seconds);
  const about = { other: await other.ready(), ours: await ours.ready() };
  const rows = [];
  for (const phase of ["train", "infer"]) {
    const turns = [];
    for (const contestant of [other, ours]) await contestant.work(phase, 0.2);
    for (let repetition = 0; repetition < Number(words.repetitions); repetition++) {
      turns.push({ other: await other.work(phase, seconds), ours: await ours.work(phase, seconds) });
    }
    rows.push({ peer, name, configuration: PEERS[peer], about, phase, batch, threads: Number(words.threads), turns });
  }
  return rows;
}
