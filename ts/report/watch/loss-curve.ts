import { COLOURS } from "../../plot/colours.js";
import { figure as svgOf } from "../../plot/figure.js";
import { horizontalLine, line, type Point } from "../../plot/marks.js";
import { panel } from "../../plot/panel.js";
import { linear, rangeOf } from "../../plot/scale.js";
import { niceRange, wholeTicks } from "../../plot/ticks.js";
import type { Markup } from "../markup.js";
import { figure } from "../parts.js";
import type { LossPoint } from "./step-history.js";

const WIDTH = 440;

/** The loss over the updates so far. */
export function lossCurve(points: readonly LossPoint[]): Markup {
  const drawn = points.filter(({ loss }) => Number.isFinite(loss)).map(({ step, loss }): Point => [step, loss]);
  const steps = points.map(({ step }) => step);
  const [first, last] = [0, Math.max(1, ...steps)];
  const plot = panel({
    width: WIDTH,
    height: 200,
    margin: { top: 24, right: 24, bottom: 36, left: 60 },
    x: { scale: linear([first, last]), label: "Update", ticks: wholeTicks(first, last) },
    y: {
      scale: linear(niceRange(rangeOf([0, ...drawn.map(([, loss]) => loss)]))),
      label: "Loss of a batch",
      ticks: 4,
      hasGrid: true,
    },
    marks: [horizontalLine(0), line(drawn, { colour: COLOURS.vermillion, width: 2 })],
  });
  const latest = drawn.at(-1);
  const now = latest === undefined ? "" : `; ${latest[1].toPrecision(3)} after ${latest[0]} updates`;
  return figure(svgOf([plot], `loss over the updates${now}`, { width: WIDTH }), "loss of the batches, update by update");
}
