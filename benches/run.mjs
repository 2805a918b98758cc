// npm run bench: every case of `spikelet bench` for threads and batches, the kernels, whole steps in Rust, and the boundary to JavaScript. Writes
// benches/results/<date>-<machine>.json and a table beside it.
//
// npm run bench -- --seconds 1 --rounds 3 --cases mnist --threads 1,2 --batches 16,128 --parts cases,kernels,js,rust
import { main, setUp } from "../scripts/setup.mjs";
import { jsonLines } from "./shared/lines.mjs";
import { finished, recordOf, writeResult } from "./shared/record.mjs";
import { duration, percent, table } from "./shared/table.mjs";
import { list, typed, wordsOf } from "./shared/words.mjs";

const words = wordsOf({
  cases: "mnist,nmnist,deep,real",
  threads: "1,2",
  batches: "16,128",
  seconds: "2",
  rounds: "3",
  parts: "cases,kernels,js,rust",
  filter: "",
});
const parts = list(words.parts);

await main(async () => {
  await setUp();
  const record = recordOf(typed("bench"));
  const cases = parts.includes("cases") ? await measureCases() : [];
  const kernels = parts.includes("kernels") ? await jsonLines("dist/cli/main.js", ["bench", "kernels", "--json"]) : [];
  const boundary = parts.includes("js")
    ? [...(await jsonLines("benches/js/start-up.mjs")), ...(await jsonLines("benches/js/boundary.mjs"))]
    : [];
  const rust = parts.includes("rust") ? await (await import("./shared/criterion.mjs")).rustBenches(words.filter) : [];
  const result = { ...finished(record), cases, kernels, boundary, rust };
  writeResult(result, "", markdown(result));
});

/** All cases in turns, round by round, so that what disturbs the machine for a while does not disturb one case alone. */
async function measureCases() {
  const settings = list(words.cases).flatMap((name) =>
    // A real training has one batch size.
    (name === "real" ? ["32"] : list(words.batches)).flatMap((batch) =>
      list(words.threads).map((threads) => ["--case", name, "--batch", batch, "--threads", threads]),
    ),
  );
  const rounds = settings.map(() => []);
  for (let round = 0; round < Number(words.rounds); round++) {
    for (const [index, setting] of settings.entries()) {
      const args = ["bench", ...setting, "--seconds", words.seconds, "--json"];
      process.stderr.write(`spikelet ${args.join(" ")}\n`);
      rounds[index].push(await jsonLines("dist/cli/main.js", args));
    }
  }
  const { median } = await import("../dist/spread.js");
  return rounds.flatMap(([first, ...others]) =>
    first.map((line, phase) => merged([line, ...others.map((lines) => lines[phase])], median)),
  );
}

/** One line for those of all rounds: the median speed, the range of the rounds over it, the most memory. */
function merged(lines, median) {
  const [line] = lines;
  const rates = lines.map(({ samplesPerSecond }) => samplesPerSecond);
  const samplesPerSecond = median(rates);
  return {
    ...line,
    samplesPerSecond,
    spread: lines.length === 1 ? line.spread : (Math.max(...rates) - Math.min(...rates)) / samplesPerSecond,
    peakMemoryBytes: Math.max(...lines.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    othersShare: Math.max(...lines.map(({ othersShare }) => othersShare)),
  };
}

function markdown(result) {
  const { cases, kernels, boundary, rust } = result;
  return [
    ...section(
      cases,
      [
        "case",
        "phase",
        "SIMD",
        "threads",
        "batch",
        "samples/s",
        "spread",
        "others",
        "spikes per unit",
        "peak MB",
        "of it before",
        "data MB",
        "warm-up",
        "data ready in",
      ],
      (line) => [
        line.case,
        line.phase,
        line.simd,
        line.threads,
        line.batch,
        line.samplesPerSecond,
        percent(line.spread),
        percent(line.othersShare),
        line.spikesPerUnit.map((rate) => rate.toFixed(3)).join(", "),
        line.peakMemoryBytes / 1e6,
        line.baseMemoryBytes / 1e6,
        line.dataBytes / 1e6,
        duration(line.warmUpSeconds),
        duration(line.dataSeconds),
      ],
    ),
    ...section(
      kernels.filter(({ type }) => type === "kernel"),
      ["kernel", "shape", "level", "median", "95 % interval", "of the ceiling", "bound"],
      (line) => [
        line.kernel,
        Object.entries(line.shape)
          .map((pair) => pair.join(" "))
          .join(", "),
        line.way,
        duration(line.nanoseconds.median / 1e9),
        `${duration(line.nanoseconds.low / 1e9)} … ${duration(line.nanoseconds.high / 1e9)}`,
        line.share === undefined ? "" : percent(line.share.ofCeiling),
        line.share?.bound ?? "",
      ],
    ),
    ...section(boundary, ["JavaScript", "median", "spread"], (line) => [line.name, duration(line.seconds), percent(line.spread)]),
    ...section(rust, ["Rust", "level", "median", "spread", "elements/s"], (line) => [
      line.group,
      line.name,
      duration(line.seconds),
      percent(line.spread),
      line.elementsPerSecond,
    ]),
  ];
}

function section(lines, heads, row) {
  return lines.length === 0 ? [] : table(heads, lines.map(row));
}
