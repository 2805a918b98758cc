import { figure } from "../../dist/plot/figure.js";
import { dots, horizontalLine, line, texts } from "../../dist/plot/marks.js";
import { panel } from "../../dist/plot/panel.js";
import { linear, rangeOf } from "../../dist/plot/scale.js";
import { look } from "../../dist/plot/seeds.js";
import { niceRange } from "../../dist/plot/ticks.js";

/** An SVG file with the time of a sample over what a sweep varied; both axes start at zero, so that proportion is a line. */
export function plot(rows, axis) {
  const phases = [...new Set(rows.map(({ phase }) => phase))];
  const lines = phases.map((phase) =>
    rows.filter((row) => row.phase === phase).map((row) => [row.value, row.microsecondsPerSample]),
  );
  const [values, times] = [0, 1].map((at) => [0, ...lines.flat().map((point) => point[at])]);
  const drawn = panel({
    width: 640,
    height: 400,
    margin: { top: 24, right: 60, bottom: 40, left: 60 },
    x: { scale: linear(niceRange(rangeOf(values))), label: axis },
    y: { scale: linear(niceRange(rangeOf(times))), label: "µs a sample", hasGrid: true },
    marks: [
      horizontalLine(0),
      ...lines.flatMap((points, k) => {
        const { colour, shape } = look(k);
        const [x, y] = points.at(-1);
        const name = texts([phases[k]], (area) => [area.x(x) + 8, area.y(y)], { anchor: "start" });
        return [line(points, { colour, width: 2 }), dots(points, { colour, shape, r: 3.5 }), name];
      }),
    ],
  });
  return figure([drawn], `time of a sample over ${axis}, for ${phases.join(" and ")}`, {});
}
