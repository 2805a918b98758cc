import { counted } from "../../counted.js";
import { html, type Markup } from "../../report/markup.js";
import { spread } from "../../spread.js";
import type { Plan } from "../plan/plan.js";
import { measure } from "./measures.js";
import { bestAttempts, byScore, type PointSummary, recordsOf } from "./points.js";
import { scoreText, spreadText } from "./result-table.js";

/** A point with a value for each seed by which points are compared. */
interface Compared {
  place: string;
  bySeed: ReadonlyMap<number, number>;
  mean: number;
  text: string;
}

/** How points are compared: the name of the number, and whether more of it is better. */
interface Comparison {
  name: string;
  goal: "max" | "min";
  points: Compared[];
}

/** What a study has found, in a sentence: its best point, how good it is, and by how much it is ahead; nothing without results. */
export function answer({ plan, points }: { plan: Plan; points: readonly PointSummary[] }): Markup | undefined {
  const [kind, { name, goal, points: all }] =
    plan.search.type === "variants" ? ["variants", ofVariants(points, plan)] : ["points", ofSearch(points, plan)];
  const sign = goal === "max" ? 1 : -1;
  const [best, next] = [...all].sort((a, b) => sign * (b.mean - a.mean));
  if (best === undefined || Number.isNaN(best.mean)) return undefined;
  if (next === undefined) return html`<p class="answer"><strong>${best.place}</strong>: ${name} ${best.text}.</p>\n`;
  const which = goal === "max" ? "highest" : "lowest";
  return html`<p class="answer"><strong>${best.place}</strong> has the ${which} ${name} of ${all.length} ${kind}: <strong>${best.text}</strong>. Next is ${next.place} with ${next.text}${ahead(best, next, sign)}.</p>\n`;
}

/** In how many of the seeds that both have the first is ahead of the second. */
function ahead(best: Compared, next: Compared, sign: number): string {
  const gains = Array.from(best.bySeed, ([seed, value]) => sign * (value - (next.bySeed.get(seed) ?? Number.NaN)));
  const shared = gains.filter((gain) => !Number.isNaN(gain));
  if (shared.length === 0) return "";
  return `, behind in ${shared.filter((gain) => gain > 0).length} of ${counted(shared.length, "seed")}`;
}

/** Variants by what their networks answer on the test data: accuracy, error of a series, otherwise the loss. */
function ofVariants(points: readonly PointSummary[], plan: Plan): Comparison {
  const listed = bestAttempts(points, plan);
  const has = (name: string) =>
    listed.length > 0 && listed.every((point) => recordsOf(point).every((record) => !Number.isNaN(measure(name).of(record))));
  const name = has("decision") ? "decision" : has("meanSquaredError") ? "meanSquaredError" : "loss";
  const { of, digits } = measure(name);
  const compared = listed.map((point) => {
    const records = recordsOf(point);
    const over = spread(records.map(of));
    const text = `${spreadText(over, digits)}${name === "decision" ? " %" : ""}`;
    return { place: point.place, bySeed: new Map(records.map((one) => [one.seed, of(one)])), mean: over.mean, text };
  });
  const names = { decision: "test accuracy", meanSquaredError: "mean squared error of the test", loss: "test loss" };
  return { name: names[name], goal: name === "decision" ? "max" : "min", points: compared };
}

/** Points of a search by its objective. */
function ofSearch(points: readonly PointSummary[], plan: Plan): Comparison {
  const compared = byScore(points, plan).map(({ place, rows, score }) => ({
    place,
    bySeed: new Map(rows.map(({ record, score = Number.NaN }) => [record.seed, score])),
    mean: score.mean,
    text: scoreText(score),
  }));
  return { name: plan.objective.metric, goal: plan.objective.goal, points: compared };
}
