// npm run bench:sweep: how the cost of a sample grows with steps, units, input spikes and depth. Writes a CSV file and one plot
// a sweep under benches/results/.
//
// npm run bench:sweep -- --sweeps steps,units --seconds 0.5 --threads 1 --batch 32
import { writeFileSync } from "node:fs";
import { main, setUp } from "../../scripts/setup.mjs";
import { finished, headline, recordOf, resultFile } from "../shared/record.mjs";
import { duration, percent, table } from "../shared/table.mjs";
import { list, typed, wordsOf } from "../shared/words.mjs";

const words = wordsOf({ sweeps: "steps,units,spikes,depth", seconds: "2", threads: "1", batch: "32" });

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
  process.stdout.write(`${[...headline(record), ...tableOf(rows)].join("\n")}\nwritten to ${csv} and the plots beside it\n`);
});

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
