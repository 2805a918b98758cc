// npm run bench:tensorflow: trains on the same digits until the same accuracy, with TensorFlow.js on its WebAssembly and with us, on one
// thread each, taking turns, and writes the seconds of processor time.
//
// npm run bench:tensorflow -- --seeds 11,12 --targets 0.93,0.95
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { median } from "../../dist/spread.js";
import { StepFailed } from "../../scripts/run.mjs";
import { main } from "../../scripts/setup.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { grouped, table } from "../shared/table.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";
import { installTensorFlow, VERSION } from "./tensorflow/install.mjs";

const LIBRARIES = {
  tensorflow: `TensorFlow.js ${VERSION}, WebAssembly`,
  native: "Spikelet, addon",
  wasm: "Spikelet, WebAssembly",
};

const words = wordsOf({ seeds: "11,12,13", targets: "0.93" });

await main(async () => {
  await installTensorFlow();
  const record = recordOf(typed("bench:tensorflow"));
  const runs = [];
  for (const target of list(words.targets)) {
    for (const seed of list(words.seeds)) {
      for (const library of Object.keys(LIBRARIES)) {
        process.stderr.write(`${LIBRARIES[library]}, seed ${seed}, until ${target}\n`);
        runs.push({ target, seed, ...learn(library, seed, target) });
      }
    }
  }
  const result = { ...finished(record), runs };
  const heads = ["until", "library", "s", "lowest", "highest", "epochs", "test %", "peak MB"];
  writeResult(result, "-tensorflow", table(heads, rows(runs)));
});

/** Trains in a process of its own. */
function learn(library, seed, target) {
  const script = join(ROOT, "benches/compare/tensorflow/learner.mjs");
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, library, seed, target], { encoding: "utf8" });
  if (status !== 0) throw new StepFailed(`${LIBRARIES[library]} failed: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** Medians over the seeds. */
function rows(runs) {
  return [...new Set(runs.map(({ target }) => target))].flatMap((target) =>
    Object.keys(LIBRARIES).map((library) => {
      const own = runs.filter((run) => run.target === target && run.library === library);
      const seconds = own.map((run) => run.seconds);
      return [
        `${100 * Number(target)} %`,
        LIBRARIES[library],
        ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(1)),
        median(own.map(({ epochs }) => epochs)),
        (100 * median(own.map(({ test }) => test))).toFixed(1),
        grouped(median(own.map(({ peakMemoryBytes }) => peakMemoryBytes)) / 1e6),
      ];
    }),
  );
}
