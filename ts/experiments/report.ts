import { html } from "../report/markup.js";
import { page, type Section } from "../report/page.js";
import { figure, folded, gallery, table } from "../report/parts.js";
import { WITHOUT_PLOTS } from "../report/plots.js";
import type { Spread } from "../spread.js";
import { version } from "../version.js";
import type { Experiment, Scale } from "./experiment.js";
import type { DrawnFigure } from "./figures.js";
import { layersOf, measure, measures } from "./measures.js";
import type { RunRecord } from "./record.js";
import { everyAttempt, placeOf, summaries, type VariantSummary } from "./summary.js";

/** The table for people: a row for each series and place. */
export function resultTable(records: readonly RunRecord[]): string[][] {
  const layers = layersOf(records);
  const cell = (variant: VariantSummary, name: string) => spreadText(variant.measures[name], measure(name).digits);
  const perUnit = (variant: VariantSummary, name: string) =>
    Array.from({ length: layers }, (_, layer) => spreadText(variant.measures[`${name}${layer + 1}`], 3)).join(" · ");
  const hasLabels = records.some(({ test }) => test.accuracy.firstSpike > 0 || test.accuracy.count > 0);
  const columns: [string, (variant: VariantSummary) => string][] = [
    ["variant", placeOf],
    ...(records.some(({ attempt }) => attempt !== null)
      ? [["attempt", (variant: VariantSummary) => variant.attempt ?? ""] as [string, (variant: VariantSummary) => string]]
      : []),
    ...(hasLabels
      ? ACCURACIES.map(([head, name]): [string, (variant: VariantSummary) => string] => [head, (variant) => cell(variant, name)])
      : []),
    ["loss", (variant) => cell(variant, "loss")],
    ["spikes per unit", (variant) => perUnit(variant, "perUnit")],
    ["up to the decision", (variant) => perUnit(variant, "perUnitUntilDecision")],
    ["decision step", (variant) => cell(variant, "decisionMean")],
    ["synaptic operations", (variant) => cell(variant, "synapticOperations")],
    ["silent", (variant) => perUnit(variant, "silentFraction")],
    ["s a run", (variant) => cell(variant, "seconds")],
    ["seeds", ({ seeds }) => String(seeds.length)],
  ];
  return [columns.map(([head]) => head), ...summaries(records).map((variant) => columns.map(([, text]) => text(variant)))];
}

const ACCURACIES = [
  ["first spike, %", "firstSpike"],
  ["count, %", "count"],
] as const;

function spreadText(value: Spread | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value.mean)) return "";
  const mean = value.mean.toFixed(digits);
  return value.deviation === 0 ? mean : `${mean} ± ${value.deviation.toFixed(digits)}`;
}

/** Everything on one page that opens without a network. */
export function experimentPage(
  experiment: Experiment,
  records: readonly RunRecord[],
  { scale, command, figures }: { scale: Scale; command: string; figures: readonly DrawnFigure[] | undefined },
): string {
  const seconds = records.reduce((sum, { cost }) => sum + cost.seconds, 0);
  const sets = [...new Set(records.map(({ data }) => describeData(data)))];
  const backends = [...new Set(records.map(({ backend: { kind, simd, threads } }) => `${kind} ${simd}, threads: ${threads}`))];
  const [head = [], ...rows] = resultTable(records);
  const drawn =
    figures === undefined
      ? html`<p class="quiet">${WITHOUT_PLOTS}</p>`
      : gallery(figures.map(({ svg, title }) => figure(svg, title)));
  const sections: Section[] = [
    {
      title: "Results",
      content: [
        table(head, rows),
        html`<p class="quiet">Means ± sample standard deviations over the seeds; by layer from the input up. The validation data chose the
epochs.</p>\n`,
        drawn,
      ],
    },
    ...(records.some(({ attempt }) => attempt !== null) ? [attempts(records)] : []),
    { title: "Every run", content: everyRun(records) },
    {
      title: "How it was made",
      content: [
        html`<p><code>${command}</code></p>\n<p>${records.length} runs, ${Math.round(seconds)} s of training and validation; Spikelet
${version}, ${backends.join("; ")}.</p>\n`,
        summaries(records).map((variant) => folded(placeOf(variant), JSON.stringify(variant.records[0]?.config, null, 2))),
      ],
    },
  ];
  const quick = html`<p class="warning"><strong>Quick version:</strong> small networks, few samples, few epochs. It shows the way, not the
result.</p>\n`;
  return page({
    title: `${experiment.name}: ${experiment.title}`,
    lead: [html`<p>${experiment.question}</p>\n<p>Data: ${sets.join("; ")}.</p>\n`, scale === "quick" ? quick : undefined],
    sections,
  });
}

function attempts(records: readonly RunRecord[]): Section {
  const shown = new Set(summaries(records).map(({ series, at, attempt }) => JSON.stringify([series, at, attempt])));
  const rows = everyAttempt(records).map((variant) => [
    placeOf(variant),
    variant.attempt ?? "",
    variant.score.toFixed(4),
    shown.has(JSON.stringify([variant.series, variant.at, variant.attempt])) ? "yes" : "",
  ]);
  return {
    title: "Attempts",
    content: [
      html`<p>Of each variant the attempt with the best mean validation result stands above.</p>\n`,
      table(["variant", "attempt", "validation", "shown"], rows),
    ],
  };
}

function everyRun(records: readonly RunRecord[]) {
  const shown = measures(layersOf(records)).filter(({ name }) => name !== "seconds" && name !== "samplesPerSecond");
  return table(
    ["variant", "seed", ...shown.map(({ name }) => name)],
    records.map((record) => [
      [placeOf(record), record.attempt].filter((part) => part !== null).join(", "),
      String(record.seed),
      ...shown.map(({ of, digits }) => of(record).toFixed(digits)),
    ]),
  );
}

/** Says what the samples are, and that they are simulated where they are. */
export function describeData({ name, train, validation, test, encoding }: RunRecord["data"]): string {
  const code = encoding === null ? "" : `, ${Object.values(encoding).join(" ")} code`;
  return `${name} (${train} training, ${validation} validation, ${test} test samples${code})`;
}
