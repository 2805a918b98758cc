// npm run bench:targets: the same training natively, in WebAssembly in Node and in Chromium, on one thread, and in two workers of a page
// that share every batch, without and with a common memory, taking turns; and what crossing the boundary costs. Writes
// benches/results/<date>-<machine>-targets.json and a table beside it.
//
// npm run bench:targets -- --seconds 2 --rounds 3 --batch 128
import { ensureChromium } from "../../scripts/chromium.mjs";
import { main, setUp } from "../../scripts/setup.mjs";
import { finished, recordOf, writeResult } from "../shared/record.mjs";
import { duration, percent, table } from "../shared/table.mjs";
import { positive, typed, wordsOf } from "../shared/words.mjs";

const SAMPLES = 2048;

const words = wordsOf({ seconds: "2", rounds: "5", batch: "16" });
const batch = positive("batch", words.batch);

await main(async () => {
  await setUp();
  await ensureChromium();
  const record = recordOf(typed("bench:targets"));
  const targets = await openAll();
  const cases = [];
  const crossings = [];
  for (const phase of ["train", "infer"]) cases.push(...(await takeTurns(targets, phase)));
  for (const [name, target] of Object.entries(targets)) {
    for (const [what, seconds] of Object.entries(await target.crossings())) crossings.push({ target: name, what, seconds });
    await target.close();
  }
  const result = { ...finished(record), case: `784-800-10, batch ${batch}`, cases, crossings };
  writeResult(result, "-targets", markdown(result));
});

/** The library is imported once it was built. */
async function openAll() {
  const [{ loadBackend }, { digitsFile }, { digitsOf, Target }, { openInChromium }] = await Promise.all([
    import("../../dist/backend.js"),
    import("./digits-file.mjs"),
    import("./target.mjs"),
    import("./chromium.mjs"),
  ]);
  const samples = digitsOf(await digitsFile(SAMPLES));
  const one = await openInChromium({ workers: 1, batch });
  const two = await openInChromium({ workers: 2, batch, isolated: true });
  const inChromium = `WebAssembly in Chromium ${one.version.split(".")[0]}`;
  return {
    native: await Target.open(await loadBackend("native"), samples, batch),
    "WebAssembly in Node": await Target.open(await loadBackend("wasm"), samples, batch),
    [inChromium]: one,
    [`${inChromium}, two workers`]: two,
  };
}

async function takeTurns(targets, phase) {
  const { spread } = await import("../../dist/cli/bench/statistics.js");
  const { median } = await import("../../dist/spread.js");
  const rates = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let round = 0; round < Number(words.rounds); round++) {
    for (const [name, target] of Object.entries(targets)) rates[name].push(...(await target.rates(phase, Number(words.seconds))));
  }
  const reference = median(rates.native);
  const lines = Object.entries(targets).map(async ([name, target]) => ({
    target: name,
    phase,
    simd: target.simd,
    samplesPerSecond: median(rates[name]),
    spread: spread(rates[name]),
    shareOfNative: median(rates[name]) / reference,
    spikesPerUnit: await target.spikesPerUnit(),
  }));
  return Promise.all(lines);
}

function markdown(result) {
  const { cases, crossings } = result;
  return [
    ...table(
      [result.case, "phase", "SIMD", "samples/s", "spread", "of native"],
      cases.map((line) => [
        line.target,
        line.phase,
        line.simd,
        line.samplesPerSecond,
        percent(line.spread),
        percent(line.shareOfNative),
      ]),
    ),
    ...table(
      ["crossing the boundary", "target", "median"],
      crossings.map(({ what, target, seconds }) => [what, target, duration(seconds)]),
    ),
  ];
}
