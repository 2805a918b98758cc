import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** An SVG file with the time of a sample over what a sweep varied; both axes start at zero, so that proportion is a line. */
export function plot(rows, axis) {
  const points = rows.map(({ value, phase, microsecondsPerSample }) => ({ value, phase, time: microsecondsPerSample }));
  const svg = Plot.plot({
    document: parseHTML("<!doctype html><html><body></body></html>").document,
    width: 640,
    height: 400,
    marginLeft: 60,
    style: { fontFamily: "sans-serif", background: "white" },
    x: { label: axis, domain: [0, Math.max(...points.map(({ value }) => value)) * 1.15], nice: true },
    y: { label: "µs a sample", zero: true, grid: true, nice: true },
    marks: [
      Plot.ruleY([0]),
      Plot.line(points, { x: "value", y: "time", stroke: "phase" }),
      Plot.dot(points, { x: "value", y: "time", fill: "phase" }),
      Plot.text(points, Plot.selectLast({ x: "value", y: "time", z: "phase", text: "phase", dx: 8, textAnchor: "start" })),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${svg.outerHTML}\n`;
}
