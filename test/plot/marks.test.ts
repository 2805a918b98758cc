import { describe, expect, it } from "vitest";
import { polylines, squares, strokes } from "../../ts/plot/dense-marks.js";
import { type Area, boxes, dots, line, segments, texts, verticalLine } from "../../ts/plot/marks.js";
import { type Axis, NO_TICKS, panel } from "../../ts/plot/panel.js";
import { linear } from "../../ts/plot/scale.js";
import { type Shape, shapeAt } from "../../ts/plot/shapes.js";
import { shortened } from "../../ts/plot/shortened.js";

/** Ten pixels for a unit, from the lower left corner at 0, 100. */
const AREA: Area = { left: 0, right: 100, top: 0, bottom: 100, x: (value) => 10 * value, y: (value) => 100 - 10 * value };

const attribute = (name: string, text: string) => new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1];

describe("lines", () => {
  it("go through their points and have a gap where a value is not finite", () => {
    const points = [
      [0, 0],
      [1, 2],
      [2, Number.NaN],
      [3, 1 / 3],
      [4, Number.POSITIVE_INFINITY],
    ] as const;
    expect(attribute("d", line(points)(AREA))).toBe("M0,100L10,80M30,96.67");
    expect(dots(points, { colour: "red", r: 2 })(AREA).match(/<circle/g)).toHaveLength(3);
  });

  it("are dashed, wide and pale where they are told to be", () => {
    const drawn = verticalLine(3, { colour: "red", width: 2, opacity: 0.5, isDashed: true })(AREA);
    expect(drawn).toBe('<path d="M30,0V100" stroke="red" stroke-width="2" stroke-opacity="0.5" stroke-dasharray="4 3"/>');
    expect(attribute("d", segments([[1, 1, 2, 3]], {}, { dx: -1.5 })(AREA))).toBe("M8.5,90L18.5,70");
  });

  it("that are many are one path", () => {
    expect(attribute("d", strokes([1, 2], [0, 5], 4)(AREA))).toBe("M10,98v4M20,48v4");
    const lines = [
      [
        [0, 0],
        [1, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ] as const;
    expect(attribute("d", polylines(lines, {})(AREA))).toBe("M0,100L10,90M0,90L10,100");
    const runs = squares(new Map([["red", [[0, 1, 3]]]]))(AREA);
    expect([attribute("d", runs), attribute("stroke-width", runs)]).toEqual(["M0,85h30", "10.1"]);
  });
});

describe("rectangles", () => {
  it("lie between the corners, whichever comes first; those without height are left out", () => {
    const drawn = boxes(
      [
        [1, 0, 3, 2],
        [3, 2, 1, -1],
        [3, 0, 4, 0],
      ],
      "red",
      { inset: 0.5 },
    )(AREA);
    expect([...drawn.matchAll(/<rect ([^>]*)\/>/g)].map(([, rect]) => rect)).toEqual([
      'x="10.5" y="80" width="19" height="20"',
      'x="10.5" y="80" width="19" height="30"',
    ]);
  });
});

describe("shapes", () => {
  const corners = (shape: Shape, r: number) =>
    (attribute("d", shapeAt(shape, [50, 20], r)) ?? "")
      .slice(1, -1)
      .split("L")
      .map((corner) => corner.split(",").map(Number) as [number, number]);

  it.each<[Shape, number]>([
    ["diamond", 4],
    ["square", 4],
    ["triangle", 3],
    ["star", 10],
    ["cross", 12],
  ])("%s has %i corners and the area of a circle around its point", (shape, count) => {
    const found = corners(shape, 40);
    expect(found).toHaveLength(count);
    const next = (k: number) => found[(k + 1) % count] as [number, number];
    const area = found.reduce((sum, [x, y], k) => sum + (x * next(k)[1] - next(k)[0] * y) / 2, 0);
    expect(area).toBeCloseTo(Math.PI * 40 ** 2, -1);
    const middle = [0, 1].map((at) => found.reduce((sum, corner) => sum + (corner[at] as number) / count, 0));
    expect([middle[0]?.toFixed(1), middle[1]?.toFixed(1)]).toEqual(["50.0", "20.0"]);
  });

  it("are circles by their radius", () => expect(shapeAt("circle", [1, 2], 3)).toBe('<circle cx="1" cy="2" r="3"/>'));
});

it("texts are escaped, each at its place", () => {
  const drawn = texts(["a<b", "c"], ({ right }, k) => [right, 10 * k], { anchor: "end", size: 11 })(AREA);
  expect(drawn).toContain('<text x="100" y="0" dy="0.32em">a&lt;b</text><text x="100" y="10" dy="0.32em">c</text>');
  expect(drawn).toMatch(/^<g text-anchor="end" font-size="11">/);
});

describe("a panel", () => {
  const drawn = panel({
    width: 200,
    height: 100,
    margin: { top: 10, right: 20, bottom: 30, left: 40 },
    x: { scale: linear([0, 4]), label: "Step & more", ticks: { values: [0, 2], text: String } },
    y: { scale: linear([-1, 1]), label: "V", ticks: 2, hasGrid: true },
    marks: [
      line([
        [0, -1],
        [4, 1],
      ]),
      null,
    ],
  });

  it("places marks and ticks by the scales, within its margins", () => {
    expect(drawn.height).toBe(100);
    expect(drawn.content).toContain('d="M40,70L180,10"');
    // Ticks of the horizontal axis at its ends' middle, then the grid of the upright one at −1, 0 and 1.
    expect(drawn.content).toContain('d="M40,70V76M110,70V76"');
    expect(drawn.content).toContain('d="M40,70H180M40,40H180M40,10H180" stroke="currentColor" stroke-opacity="0.1"');
    expect([...drawn.content.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text)).toEqual([
      "−1",
      "0",
      "1",
      "0",
      "2",
      "↑ V",
      "Step &amp; more →",
    ]);
  });

  const textsOf = (x: Partial<Axis>) => {
    const axis = { scale: linear([0, 8]), ticks: { values: [0, 1, 2, 3, 4, 5, 6, 7, 8], text: (k: number) => `name ${k}` } };
    const { content } = panel({
      width: 240,
      height: 100,
      margin: { top: 10, right: 40, bottom: 50, left: 40 },
      x: { ...axis, ...x },
      y: { scale: linear([0, 1]), ticks: NO_TICKS },
      marks: [],
    });
    return [...content.matchAll(/<text x="([^"]+)" y="50"([^>]*)>([^<]+)<|<text x="([^"]+)" y="54"[^>]*>([^<]+)</g)];
  };

  it("leaves out texts of ticks that would overlap the one before", () => {
    // A text of 36 pixels at each 20.
    expect(textsOf({}).map(([, , , , , text]) => text)).toEqual(["name 0", "name 3", "name 6"]);
  });

  it("turns the texts of a horizontal axis where it is told to", () => {
    const turned = textsOf({ isTurned: true });
    expect(turned.map(([, , , text]) => text)).toHaveLength(9);
    expect(turned[2]?.[2]).toContain('transform="rotate(-90,80,50)"');
  });
});

it("a shortened name keeps its beginning and its end", () => {
  const names = ["a name", "eight wd", "learningRate 0.001"];
  expect(names.map((name) => shortened(name, 8))).toEqual(["a name", "eight wd", "lear…001"]);
  expect(shortened("abcd", 3)).toBe("a…d");
});
