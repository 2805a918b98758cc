import type { Json, JsonObject } from "../../json.js";
import { mulberry32 } from "../../random.js";
import type { Plan } from "./plan.js";
import { drawnValue, gridValues, label, type Setting } from "./setting.js";
import { sobolPoints } from "./sobol.js";

/** A value for each setting, by path, in the order of the plan. */
export type Point = JsonObject;

/** Labels of a point, in the order of {@link labelNames}: its settings, or series, place and attempt of a variant. */
export function labelsOf({ search }: Pick<Plan, "search">, settings: Point, point: number): Point {
  if (search.type !== "variants") return settings;
  const { series = "", at = null, attempt = null } = search.variants[point] ?? {};
  return { series, at, attempt };
}

/** The names of labels, as columns of tables have them. */
export function labelNames({ search, settings }: Pick<Plan, "search" | "settings">): string[] {
  return search.type === "variants" ? ["series", "at", "attempt"] : settings.map(({ path }) => path);
}

/** The labels of a point in a line. */
export function pointName({ search }: Pick<Plan, "search">, labels: Point): string {
  if (search.type !== "variants")
    return Object.entries(labels)
      .map(([path, value]) => `${path}=${label(value)}`)
      .join(" ");
  return Object.values(labels)
    .flatMap((value) => (value === null ? [] : [label(value)]))
    .join(", ");
}

/** The points of a search. More runs of a random or Sobol search begin with the same points as fewer. */
export function pointsOf({ settings, search }: Pick<Plan, "settings" | "search">): Point[] {
  switch (search.type) {
    case "variants":
      return search.variants.map((variant) => variant.settings);
    case "grid":
      return combinations(settings);
    case "random": {
      const draw = mulberry32(search.seed);
      return Array.from({ length: search.runs }, () => point(settings, () => draw()));
    }
    case "sobol": {
      // One shift for each dimension keeps the points even and lets the seed choose among sequences.
      const draw = mulberry32(search.seed);
      const shifts = settings.map(() => Math.floor(draw() * 2 ** 32));
      return sobolPoints(search.runs, settings.length).map((place) =>
        point(settings, (k) => (((place[k] ?? 0) ^ (shifts[k] ?? 0)) >>> 0) / 2 ** 32),
      );
    }
  }
}

function point(settings: readonly Setting[], placeOf: (index: number) => number): Point {
  return Object.fromEntries(settings.map((setting, k) => [setting.path, drawnValue(setting, placeOf(k))]));
}

/** Every combination; the last setting changes fastest. */
function combinations(settings: readonly Setting[]): Point[] {
  let points: [string, Json][][] = [[]];
  for (const setting of settings) {
    const values = gridValues(setting);
    points = points.flatMap((before) => values.map((value): [string, Json][] => [...before, [setting.path, value]]));
  }
  return points.map((pairs) => Object.fromEntries(pairs));
}
