// npm run bench:sweep: how the cost of a sample grows with steps, units, input spikes, depth, batch and channels, beside what theory says,
// and what more threads would bring. Writes a table, a CSV file and one plot a sweep under benches/results/.
//
// npm run bench:sweep -- --sweeps steps,units --seconds 0.5 --threads 1 --batch 32 --simulated 1,2,4
import { writeFileSync } from "node:fs";
import { main, setUp } from "../../scripts/setup.mjs";
import { finished, headline, recordOf, resultFile } from "../shared/record.mjs";
import { duration, percent, table } from "../shared/table.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";

const words = wordsOf({
  sweeps: "steps,units,spikes,depth,batch,channels",
  seconds: "2",
  threads: "1",
  batch: "32",
  simulated: "1,2,4,8,16,32,64",
});

await main(async () => {
  await setUp();
  const { SWEEPS } = await import("./sweeps.mjs");
  const { measurePoint } = await import("./point.mjs");
  const { plot } = await import("./plot.mjs");
  const before = recordOf(typed("bench:sweep"));
  const options = { seconds: Number(words.seconds), threads: Number(words.threads), batch: Number(words.batch) };
  const rows = [];
  for (const name of list(words.sweeps)) {
    const sweep = SWEEPS[name];
    if (sweep === undefined) throw new Error(`there is no sweep "${name}": there are ${Object.keys(SWEEPS).join(", ")}`);
    for (const value of sweep.values) {
      process.stderr.write(`${sweep.axis}: ${value}\n`);
      rows.push(...(await measurePoint(sweep.at(value), options)).map((found) => ({ sweep: name, value, ...found })));
    }
  }
  const record = finished(before);
  const csv = resultFile(record, "-sweep.csv");
  writeFileSync(csv, csvOf(rows));
  for (const name of list(words.sweeps)) {
    const own = rows.filter((row) => row.sweep === name);
    writeFileSync(resultFile(record, `-sweep-${name}.svg`), plot(own, SWEEPS[name].axis));
  }
  const { simulateThreads } = await import("./threads.mjs");
  const simulated = list(words.simulated).map(Number);
  const threads = simulated.length === 0 ? [] : threadRows(await simulateThreads(simulated));
  const text = [...headline(record), ...slopesOf(rows, SWEEPS), ...threads, ...tableOf(rows)].join("\n");
  writeFileSync(resultFile(record, "-sweep.md"), text);
  process.stdout.write(`${text}\nwritten to ${csv} and the files beside it\n`);
});

/** How the time of a sample grows between the two largest values, and in the limit. */
function slopesOf(rows, sweeps) {
  const lines = [...new Set(rows.map(({ sweep }) => sweep))].flatMap((sweep) =>
    ["train", "infer"].map((phase) => {
      const own = rows.filter((row) => row.sweep === sweep && row.phase === phase);
      const { axis, slopes, why } = sweeps[sweep];
      const times = own.map((row) => row.microsecondsPerSample.toPrecision(3)).join(", ");
      return [axis, phase, own.map(({ value }) => value).join(", "), times, powers(own).join(", "), slopes[phase], why];
    }),
  );
  return table(["size", "phase", "values", "µs a sample", "power between neighbours", "in the limit", "since"], lines);
}

/** p where time grows with sizeᵖ from one value to the next. */
function powers(rows) {
  return rows.slice(1).map((row, index) => {
    const before = rows[index];
    const growth = Math.log(row.microsecondsPerSample / before.microsecondsPerSample);
    return (growth / Math.log(row.value / before.value)).toFixed(2);
  });
}

function threadRows(lines) {
  const cells = lines.map(({ threads, speedUp, microsecondsPerSample, gigabytesPerSecond }) => [
    threads,
    `${speedUp.toFixed(1)} ×`,
    microsecondsPerSample.toPrecision(3),
    gigabytesPerSecond.toPrecision(3),
  ]);
  return [
    "784-800-10 on digits, batch 128: threads by simulation of the task queue, from the measured times of single samples and of the update.",
    "",
    ...table(["threads", "speed-up", "µs a sample", "parameters and moments, GB/s"], cells),
  ];
}

function csvOf(rows) {
  const columns = Object.keys(rows[0]);
  return `${[columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => cells.join(",")).join("\n")}\n`;
}

function tableOf(rows) {
  return table(
    ["sweep", "value", "phase", "time a sample", "spread", "input spikes", "hidden spikes"],
    rows.map((row) => [
      row.sweep,
      String(row.value),
      row.phase,
      duration(row.microsecondsPerSample / 1e6),
      percent(row.spread),
      row.inputSpikes,
      row.hiddenSpikes,
    ]),
  );
}
