import { counted } from "../../counted.js";
import { type Content, html, withCode } from "../../report/markup.js";
import { page, type Section } from "../../report/page.js";
import { facts, figure, folded, gallery, table } from "../../report/parts.js";
import type { Plan } from "../plan/plan.js";
import { doneRows, errorsOf, leftOut, type StudyTable } from "../run/table.js";
import type { UsedData } from "../store/record.js";
import { answer } from "./answer.js";
import { type DrawnFigure, effectFigures, pointsFigure } from "./figures.js";
import { layersOf, measuredIn, measures } from "./measures.js";
import { bestAttempts, byScore, type PointSummary, recordsOf } from "./points.js";
import { numberText, resultTable, scoreText } from "./result-table.js";

/** The study that a page shows. */
export interface Study {
  name: string;
  plan: Plan;
  table: StudyTable;
  points: readonly PointSummary[];
  /** Version of the library that ran it. */
  version: string;
}

/** Points of a search in the table of the best. */
const FEW = 20;
/** Runs in the table of all. */
const MAX_RUNS = 500;

/** The page about a study. */
export function studyPage(study: Study, figures: readonly DrawnFigure[]): string {
  const { name, plan, table: runs, points } = study;
  const { title, question, isQuick } = plan.report;
  const isSearch = plan.search.type !== "variants";
  const drawn = figures.length > 0 ? gallery(figures.map(({ svg, title }) => figure(svg, title))) : undefined;
  const sections: (Section | undefined)[] = [
    { title: isSearch ? "Best points" : "Results", content: [results(study), drawn] },
    points.length > 0 && plan.settings.length > 0
      ? { title: "All points", content: pointsSection(points, plan), isHalf: true }
      : undefined,
    plan.settings.length > 0 ? { title: "Effect of each setting", content: effects(runs, plan) } : undefined,
    points.some(({ attempt }) => attempt !== null) ? { title: "Attempts", content: attempts(points, plan) } : undefined,
    runs.failed > 0 ? { title: "Failed", content: table(["error", "runs"], [...errorsOf(runs)]) } : undefined,
    runs.done > 0 ? { title: "Every run", content: everyRun(points) } : undefined,
    isSearch
      ? { title: "Plan", content: folded("the whole plan", JSON.stringify(plan, null, 2)) }
      : { title: "How it was made", content: made(study) },
  ];
  return page({
    title: title === undefined ? `Sweep ${name}` : `${name}: ${title}`,
    lead: [
      answer(study),
      isQuick ? QUICK : undefined,
      question === undefined ? undefined : html`<p>${withCode(question)}</p>\n`,
      overview(study),
    ],
    sections: sections.filter((section) => section !== undefined),
  });
}

const QUICK = html`<p class="warning"><strong>Quick version:</strong> small networks, few samples, few epochs. It shows the way, not the
result.</p>\n`;

function overview(study: Study): Content {
  const { plan, table: runs, points } = study;
  const { done, failed, missing } = runs;
  const unranked = leftOut(runs, plan);
  const without: [string, string][] =
    unranked === 0 ? [] : [["left out", `${counted(unranked, "run")} without the metric of the objective`]];
  const [best] = byScore(points, plan);
  const sets = new Set(points.flatMap(recordsOf).map(({ result }) => describeData(result.data)));
  const objective: [string, string][] = [
    ["objective", `${plan.objective.goal} of ${plan.objective.metric}`],
    ["best mean", best === undefined ? "none" : scoreText(best.score)],
  ];
  return facts([
    ["runs", `${done} done, ${failed} failed, ${missing} missing`],
    ...without,
    ["points", `${points.length}, ${counted(plan.seeds.length, "seed")} each`],
    ...(hasObjective(study) ? objective : []),
    ["data", sets.size === 0 ? "none" : [...sets].join("; ")],
  ]);
}

/** Whether the objective chooses epochs or points. */
function hasObjective({ plan, points }: Study): boolean {
  return isValidated(points) || plan.search.type !== "variants" || points.some(({ attempt }) => attempt !== null);
}

/** Whether there were validation samples to choose the epochs. */
function isValidated(points: readonly PointSummary[]): boolean {
  const records = points.flatMap(recordsOf);
  return records.length === 0 || records.some(({ result }) => result.validation !== null);
}

/** Says what the samples are, and that they are simulated where they are. */
function describeData({ name, train, validation, test, encoding }: UsedData): string {
  const code = encoding === null ? "" : `, ${Object.values(encoding).join(" ")} code`;
  return `${name} (${train} training, ${validation} validation, ${test} test samples${code})`;
}

function results(study: Study): Content {
  const { plan, points } = study;
  const listed = plan.search.type === "variants" ? bestAttempts(points, plan) : byScore(points, plan).slice(0, FEW);
  const [head = [], ...rows] = resultTable(listed, plan);
  const epochs = isValidated(points) ? "The validation data chose the epochs" : "The last epoch counts";
  const what = hasObjective(study) ? "all but the objective is" : "all is";
  return [
    table(head, rows),
    html`<p class="quiet">Means ± sample standard deviations over the seeds that are done; by layer from the input up. ${epochs}; ${what} of the test data.</p>\n`,
  ];
}

function pointsSection(points: readonly PointSummary[], plan: Plan): Content {
  const caption = "a line for each point, its mean over the seeds on the last axis; the best tenth stands out";
  return figure(pointsFigure(byScore(points, plan), plan), caption);
}

function effects(runs: StudyTable, plan: Plan): Content {
  const figures = effectFigures(runs, plan).map(({ setting, svg }) => figure(svg, setting.path));
  const what =
    "A dot is the mean over all runs of one seed with that value, whatever their other settings; the bar is ± a standard deviation over the seeds";
  const where = plan.halving ? ". Runs of the first rung, where all points are." : ".";
  return [html`<p>${what}${where}</p>\n`, gallery(figures)];
}

function attempts(points: readonly PointSummary[], plan: Plan): Content {
  const listed = new Set(bestAttempts(points, plan));
  const rows = points.map((point) => [
    point.place,
    point.attempt ?? "",
    numberText(point.score.mean, 4),
    listed.has(point) ? "yes" : "",
  ]);
  return [
    html`<p>Of each variant the attempt with the best mean objective stands above.</p>\n`,
    table(["variant", "attempt", plan.objective.metric, "shown"], rows),
  ];
}

function everyRun(points: readonly PointSummary[]): Content {
  const records = points.flatMap(recordsOf);
  const listed = measuredIn(records, measures(layersOf(records)));
  const runs = points.flatMap(({ place, attempt, rows }) => rows.map(({ record }) => ({ place, attempt, record })));
  const rows = runs
    .slice(0, MAX_RUNS)
    .map(({ place, attempt, record }) => [
      [place, attempt].filter((part) => part !== null).join(", "),
      String(record.seed),
      ...listed.map(({ of, digits }) => numberText(of(record), digits)),
    ]);
  const more = runs.length > MAX_RUNS ? html`<p>The first ${MAX_RUNS} of ${runs.length}; results.csv has all.</p>\n` : undefined;
  return [more, table(["point", "seed", ...listed.map(({ name }) => name)], rows)];
}

function made({ plan, table: runs, points, version }: Study): Content {
  const records = doneRows(runs).map(({ record }) => record);
  const seconds = records.reduce((sum, { ran }) => sum + ran.seconds, 0);
  const backends = new Set(records.map(({ ran: { backend, threads } }) => `${backend}, threads: ${threads}`));
  const { command } = plan.report;
  return [
    command === undefined ? undefined : html`<p><code>${command}</code></p>\n`,
    html`<p>${records.length} runs, ${Math.round(seconds)} s of training and validation; Spikelet ${version}, ${[...backends].join("; ")}.</p>\n`,
    bestAttempts(points, plan).map((point) => folded(point.place, JSON.stringify(recordsOf(point)[0]?.config, null, 2))),
  ];
}
