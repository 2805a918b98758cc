import type { Json } from "../json.js";
import type { Plan } from "./plan.js";
import type { RunRecord } from "./record.js";
import type { Row, SweepTable } from "./table.js";

/** One line a run, what is missing included. */
export function csvOf({ rows }: SweepTable, { settings, objective }: Plan): string {
  const paths = settings.map(({ path }) => path);
  const heads = ["index", "id", "status", "rung", "point", ...paths, "seed", "score", ...MEASURES.map(([name]) => name), "error"];
  const lines = rows.map((row) => cellsOf(row, paths).map(cell).join(","));
  return `${[[...heads.map((head) => (head === "score" ? `score:${objective.metric}` : head)).map(cell)].join(","), ...lines].join("\n")}\n`;
}

const MEASURES: readonly (readonly [string, (record: RunRecord) => number | undefined])[] = [
  ["bestEpoch", ({ result }) => result?.bestEpoch],
  ["validationFirstSpike", ({ result }) => result?.validation?.accuracy.firstSpike],
  ["validationCount", ({ result }) => result?.validation?.accuracy.count],
  ["testFirstSpike", ({ result }) => result?.test.accuracy.firstSpike],
  ["testCount", ({ result }) => result?.test.accuracy.count],
  ["testLoss", ({ result }) => result?.test.loss],
  ["testSpikesPerSample", ({ result }) => result?.test.spikes.perSample],
  ["testDecisionStep", ({ result }) => result?.test.decisionStep.mean],
  ["testSynapticOperations", ({ result }) => result?.test.synapticOperations],
  ["seconds", ({ ran }) => ran.seconds],
];

function cellsOf({ index, run, record, score }: Row, paths: readonly string[]): (Json | undefined)[] {
  return [
    index,
    run.id,
    record?.status ?? "missing",
    run.rung,
    run.point,
    ...paths.map((path) => run.settings[path]),
    run.seed,
    score,
    ...MEASURES.map(([, of]) => record && of(record)),
    record?.error && `${record.error.code} ${record.error.message}`,
  ];
}

function cell(value: Json | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
