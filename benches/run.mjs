// npm run bench: every case of `spikelet bench` for threads and batches, the kernels, and the boundary to JavaScript. Writes
// benches/results/<date>-<machine>.json and a table beside it.
//
// npm run bench -- --seconds 1 --cases mnist --threads 1,2 --batches 16,128 --parts cases,js,rust
import { writeFileSync } from "node:fs";
import { main, setUp } from "../scripts/setup.mjs";
import { jsonLines } from "./shared/lines.mjs";
import { finished, headline, recordOf, resultFile } from "./shared/record.mjs";
import { duration, grouped, percent, table } from "./shared/table.mjs";
import { list, typed, wordsOf } from "./shared/words.mjs";

const words = wordsOf({
  cases: "mnist,nmnist,deep,real",
  threads: "1,2",
  batches: "16,128",
  seconds: "5",
  parts: "cases,js,rust",
  filter: "",
});
const parts = list(words.parts);

await main(async () => {
  await setUp();
  const record = recordOf(typed("bench"));
  const cases = parts.includes("cases") ? await measureCases() : [];
  const boundary = parts.includes("js")
    ? [...(await jsonLines("benches/js/start-up.mjs")), ...(await jsonLines("benches/js/boundary.mjs"))]
    : [];
  const rust = parts.includes("rust") ? await (await import("./shared/criterion.mjs")).rustBenches(words.filter) : [];
  const result = { ...finished(record), cases, boundary, rust };
  const text = markdown(result).join("\n");
  const file = resultFile(result, ".json");
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(resultFile(result, ".md"), text);
  process.stdout.write(`${text}\nwritten to ${file}\n`);
});

async function measureCases() {
  const lines = [];
  for (const name of list(words.cases)) {
    // A real training has one batch size.
    for (const batch of name === "real" ? ["32"] : list(words.batches)) {
      for (const threads of list(words.threads)) {
        const args = ["bench", "--case", name, "--batch", batch, "--threads", threads, "--seconds", words.seconds, "--json"];
        process.stderr.write(`spikelet ${args.join(" ")}\n`);
        lines.push(...(await jsonLines("dist/cli/main.js", args)));
      }
    }
  }
  return lines;
}

function markdown(result) {
  const { cases, boundary, rust } = result;
  return [
    ...headline(result),
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
        line.peakMemoryBytes / 1e6,
        line.baseMemoryBytes / 1e6,
        line.dataBytes / 1e6,
        duration(line.warmUpSeconds),
        duration(line.dataSeconds),
      ],
    ),
    ...section(boundary, ["JavaScript", "median", "spread"], (line) => [line.name, duration(line.seconds), percent(line.spread)]),
    ...section(rust, ["Rust", "level", "median", "spread", "elements/s", "× plain"], (line) => [
      line.group,
      line.name,
      duration(line.seconds),
      percent(line.spread),
      line.elementsPerSecond,
      overPlain(line, rust),
    ]),
  ];
}

function section(lines, heads, row) {
  return lines.length === 0 ? [] : table(heads, lines.map(row));
}

function overPlain({ group, seconds }, all) {
  const plain = all.find((line) => line.group === group && line.name === "plain");
  return plain === undefined ? "" : grouped(plain.seconds / seconds);
}
