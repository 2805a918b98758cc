// npm run bench:pair -- --before CHECKOUT --after CHECKOUT: two builds of the library work in turns. What neighbours on a shared machine do
// falls on both, so that the median of the ratios shows a difference of a few per cent. A checkout is the folder of a clone in which
// `npm run build` ran; each side uses its own dist, addon and WebAssembly.
//
// npm run bench:pair -- --before ../old --after . --cases mnist,recurrent --batches 16,128 --phases train,infer --backends native,wasm
//   --threads 1,2 --simd avx2 --rounds 20 --seconds 60 --milliseconds 200 --data DIR --json
// npm run bench:pair -- --before ../old --config presets/mnist.json --checkpoint out/last.safetensors: a network of one's own on latency-coded
//   digits, with the weights of a checkpoint, instead of the cases
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { CASES } from "../../dist/cli/bench/cases.js";
import { MIN_ROUNDS } from "../../dist/kernels/statistics.js";
import { StepFailed } from "../../scripts/run.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { commitOf, finished, headline, recordOf } from "../shared/record.mjs";
import { percent, table } from "../shared/table.mjs";
import { choices, list, positive, typed, wordsOf } from "../shared/words.mjs";
import { writeCase } from "./case.mjs";
import { measurePair } from "./measure.mjs";

const words = wordsOf({
  before: "",
  after: ".",
  cases: Object.keys(CASES).join(","),
  batches: "16,128",
  phases: "train,infer",
  backends: "native,wasm",
  threads: "1,2",
  simd: "",
  rounds: "20",
  seconds: "60",
  milliseconds: "200",
  data: "",
  config: "",
  checkpoint: "",
  json: false,
});

await main(async () => {
  if (words.before === "")
    throw new StepFailed("--before names the folder of a built clone; --after another, or this one is meant");
  const checkouts = { before: resolve(words.before), after: resolve(words.after) };
  const cases =
    words.config === "" ? choices("cases", words.cases, Object.keys(CASES)).map((name) => [name, CASES[name]]) : [own()];
  const phases = choices("phases", words.phases, ["train", "infer"]);
  const pace = {
    rounds: roundsOf(words.rounds),
    seconds: positive("seconds", words.seconds),
    milliseconds: positive("milliseconds", words.milliseconds),
  };
  const backends = [...backendsOf()];
  await setUp();
  const record = recordOf(typed("bench:pair"));
  const results = [];
  for (const [name, benchCase] of cases) {
    // A real training has its own batch size.
    const batches =
      name === "real" || words.config !== "" ? [benchCase.batch] : list(words.batches).map((batch) => positive("batches", batch));
    const data = await writeCase(benchCase, words.data, words.checkpoint);
    try {
      for (const batch of batches) {
        for (const phase of phases) {
          for (const backend of backends) {
            const { config, weightScale } = benchCase;
            const task = { ...backend, phase, batch, config, weightScale, ...data };
            const result = { case: name, phase, batch, ...backend, ...(await measurePair(checkouts, task, pace)) };
            process.stderr.write(`${progress(result)}\n`);
            results.push(result);
          }
        }
      }
    } finally {
      data.remove();
    }
  }
  const sides = Object.fromEntries(
    Object.entries(checkouts).map(([side, folder]) => [side, { folder, commit: commitOf(folder) }]),
  );
  const whole = { ...finished(record), sides, results };
  process.stdout.write(words.json ? `${JSON.stringify(whole, null, 2)}\n` : markdown(whole).join("\n"));
});

/** As many as an interval needs. */
function roundsOf(text) {
  const rounds = positive("rounds", text);
  if (rounds >= MIN_ROUNDS) return rounds;
  throw new StepFailed(`--rounds must be at least ${MIN_ROUNDS}, got ${rounds}`);
}

/** The network of a configuration, on digits. */
function own() {
  const { $schema, data, ...config } = JSON.parse(readFileSync(words.config, "utf8"));
  const { samples } = CASES.mnist;
  return [basename(words.config, ".json"), { config, samples, batch: config.training.batchSize, weightScale: 1 }];
}

/** Natively with each number of threads; WebAssembly has one. */
function* backendsOf() {
  for (const backend of choices("backends", words.backends, ["native", "wasm"])) {
    if (backend === "wasm") yield { backend, threads: 1 };
    else {
      for (const threads of list(words.threads)) {
        yield { backend, threads: positive("threads", threads), ...(words.simd === "" ? {} : { simd: words.simd }) };
      }
    }
  }
}

function progress({ case: name, phase, batch, backend, threads, speedUp, processorSpeedUp }) {
  const where = `${name} ${phase}, batch ${batch}, ${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  const ratio = (speed) => `× ${speed.median.toFixed(3)} (${interval(speed)}), ${speed.verdict}`;
  return `${where}: ${ratio(speedUp)}, by processor time ${ratio(processorSpeedUp)}`;
}

function interval({ low, high }) {
  return `${low.toFixed(3)} … ${high.toFixed(3)}`;
}

function markdown(whole) {
  const { before, after } = whole.sides;
  const heads = [
    "case",
    "phase",
    "batch",
    "backend",
    "threads",
    "rounds",
    "before/s",
    "after/s",
    "speed-up",
    "interval",
    "verdict",
    "by processor time",
    "memory",
    "work",
  ];
  return [
    ...headline(whole),
    `Before: ${before.commit}, after: ${after.commit}. Samples a second of both; speed and memory of the network after over before.`,
    "",
    ...table(
      heads,
      whole.results.map((result) => [
        result.case,
        result.phase,
        result.batch,
        result.backend,
        result.threads,
        result.rounds,
        result.samplesPerSecond.before,
        result.samplesPerSecond.after,
        result.speedUp.median.toFixed(3),
        interval(result.speedUp),
        result.speedUp.verdict,
        `${result.processorSpeedUp.median.toFixed(3)} (${interval(result.processorSpeedUp)})`,
        percent(result.memoryBytes.after / result.memoryBytes.before),
        result.isSameWork ? "same" : "differs",
      ]),
    ),
  ];
}
