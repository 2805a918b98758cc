import { type Content, html } from "../report/markup.js";
import { page, type Section } from "../report/page.js";
import { facts, figure, folded, gallery, table } from "../report/parts.js";
import { type Plots, WITHOUT_PLOTS } from "../report/plots.js";
import { type Spread, spread } from "../spread.js";
import { effectFigures, pointsFigure, shortName } from "./figures.js";
import type { Plan } from "./plan.js";
import { type PointSummary, pointsByScore, type Scored } from "./points.js";
import { label } from "./setting.js";
import { errorsOf, type SweepTable } from "./table.js";

/** Rows of the table of the best. */
const FEW = 20;

/** The page about a sweep; without `plots` its figures are missing, and it says so. */
export function sweepPage(name: string, sweep: SweepTable, plan: Plan, plots: Plots | undefined): string {
  const points = pointsByScore(sweep, plan);
  const { metric, goal } = plan.objective;
  const head = [
    ["runs", `${sweep.done} done, ${sweep.failed} failed, ${sweep.missing} missing`],
    ["points", `${points.length}, ${plan.seeds.length} seeds each`],
    ["objective", `${goal} of ${metric}`],
    ["best mean", points[0] === undefined ? "none" : spreadText(points[0].score)],
  ] as const;
  const sections: (Section | undefined)[] = [
    { title: "Best points", content: bestTable(points, plan) },
    plots && points.length > 0 ? { title: "All points", content: pointsSection(plots, points, plan) } : undefined,
    plots && plan.settings.length > 0 ? { title: "Effect of each setting", content: effects(plots, sweep, plan) } : undefined,
    sweep.failed > 0 ? { title: "Failed", content: table(["error", "runs"], [...errorsOf(sweep)]) } : undefined,
    { title: "Plan", content: folded("the whole plan", JSON.stringify(plan, null, 2)) },
  ];
  const lead = [facts(head), plots ? undefined : html`<p class="quiet">${WITHOUT_PLOTS}</p>\n`];
  return page({ title: `Sweep ${name}`, lead, sections: sections.filter((section) => section !== undefined) });
}

function bestTable(points: readonly PointSummary[], { settings, objective, halving }: Plan): Content {
  const heads = ["", ...settings.map(({ path }) => shortName(path)), shortName(objective.metric)];
  const measures = ["test, first spike", "test, count", "spikes a sample"];
  const rows = points.slice(0, FEW).map(({ rows, score }, rank) => {
    const [{ run }] = rows;
    const over = (of: (row: Scored) => number | undefined) => spreadText(spread(rows.map((row) => of(row) ?? Number.NaN)));
    return [
      rank + 1,
      ...settings.map(({ path }) => label(run.settings[path] ?? null)),
      spreadText(score),
      over(({ record }) => record?.result?.test.accuracy.firstSpike),
      over(({ record }) => record?.result?.test.accuracy.count),
      over(({ record }) => record?.result?.test.spikes.perSample),
      ...(halving ? [halving.epochs[run.rung]] : []),
      rows.length,
    ];
  });
  return [
    table([...heads, ...measures, ...(halving ? ["epochs"] : []), "seeds"], rows),
    html`<p class="quiet">Means ± sample standard deviations over the seeds that are done.</p>\n`,
  ];
}

function pointsSection(plots: Plots, points: readonly PointSummary[], plan: Plan): Content {
  const caption = "a line for each point, its mean over the seeds on the last axis; the best tenth stands out";
  return figure(pointsFigure(plots, points, plan), caption);
}

function effects(plots: Plots, sweep: SweepTable, plan: Plan): Content {
  const figures = effectFigures(plots, sweep, plan).map(({ setting, svg }) => figure(svg, setting.path));
  const what =
    "A dot is the mean over all runs of one seed with that value, whatever their other settings; the bar is ± a standard deviation over the seeds";
  const where = plan.halving ? ". Runs of the first rung, where all points are." : ".";
  return [html`<p>${what}${where}</p>\n`, gallery(figures)];
}

function spreadText({ mean, deviation }: Spread): string {
  const text = (value: number) => String(Number(value.toPrecision(4)));
  return deviation === 0 ? text(mean) : `${text(mean)} ± ${String(Number(deviation.toPrecision(2)))}`;
}
