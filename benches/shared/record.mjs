// What stands beside every figure: machine, commit, command, load.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/stamps.mjs";

/** Folder of everything that the benchmarks write. */
export const RESULTS = join(ROOT, "benches", "results");

/** @returns {object} what has to be known about a run of `command` */
export function recordOf(command) {
  return {
    date: new Date().toISOString(),
    command,
    commit: commitOf(ROOT),
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
    },
    node: process.versions.node,
    loadAverageBefore: round(loadavg()[0] ?? 0),
  };
}

/** Adds the load at the end; more than the benchmark's own threads in it means that something else ran. */
export function finished(record) {
  return { ...record, loadAverageAfter: round(loadavg()[0] ?? 0) };
}

/** `benches/results/<date>-<machine>` with a suffix; a run with options of its own does not replace the full one. */
export function resultFile(record, suffix) {
  mkdirSync(RESULTS, { recursive: true });
  const cpu = record.machine.cpu.toLowerCase().replace(/\b(processor|cpu|\d+-core|\(r\)|\(tm\))|@.*/g, "");
  const machine = `${cpu.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}-${record.machine.cores}-cores`;
  const part = record.command.includes(" -- ") ? "-partial" : "";
  return join(RESULTS, `${record.date.slice(0, 10)}-${machine}${part}${suffix}`);
}

/** Writes a record and its text beside each other, and shows the text. */
export function writeResult(record, suffix, lines) {
  const [file, text] = [resultFile(record, `${suffix}.json`), [...headline(record), ...lines].join("\n")];
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(resultFile(record, `${suffix}.md`), text);
  process.stdout.write(`${text}\nwritten to ${file}\n`);
}

/** The lines that head a table. */
export function headline(record) {
  const { machine, commit, command, date, loadAverageBefore, loadAverageAfter } = record;
  return [
    `\`${command}\` on ${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${record.node}; commit ${commit}, ${date};`,
    `load average ${loadAverageBefore} before, ${loadAverageAfter} after.`,
    "",
  ];
}

/** Commit of a clone, and whether its files are those of it. */
export function commitOf(folder) {
  const git = (...args) => spawnSync("git", args, { cwd: folder, encoding: "utf8" }).stdout?.trim() ?? "";
  return `${git("rev-parse", "--short", "HEAD") || "unknown"}${git("status", "--porcelain") === "" ? "" : " with changes"}`;
}

function round(load) {
  return Math.round(load * 100) / 100;
}
