import { SpikeEvents } from "spikelet";
import * as plots from "spikelet/plot";
import { describe, expect, it } from "vitest";
import { COLOURS, darkRules, ON_DARK } from "../../ts/plot/colours.js";
import { page } from "../../ts/report/page.js";

/** Contrast of two colours by WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const metrics = { loss: 1, accuracy: { firstSpike: 0.9, count: 0.8 }, spikes: { perSample: 5 } };
const epochs = (count: number) => Array.from({ length: count }, (_, k) => ({ epoch: k + 1, train: metrics, validation: null }));

/** Texts of the horizontal axis, from left to right. */
function epochsOnAxis(count: number): string[] {
  const svg = plots.learningCurves(epochs(count));
  const axis = /<g transform="translate\(0,9\)"[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? "";
  return [...axis.matchAll(/>([^<]+)<\/text>/g)].map(([, text = ""]) => text);
}

/** A colour of some opacity on a ground. */
function mixed(colour: string, opacity: number, ground: string): string {
  const part = (of: string, at: number) => Number.parseInt(of.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) => Math.round(opacity * part(colour, at) + (1 - opacity) * part(ground, at)));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

describe("figures", () => {
  it("have numbers in the fullest cells of a confusion matrix that can be read, on light and dark grounds", () => {
    const svg = plots.confusionMatrix([0, 0, 1, 1], [0, 0, 0, 0]);
    const cells = [...svg.matchAll(/<rect[^>]*>/g)].map(([cell]) => ({
      colour: / fill="(#[0-9a-f]{6})"/.exec(cell)?.[1] ?? "",
      opacity: Number(/ fill-opacity="([\d.]+)"/.exec(cell)?.[1]),
    }));
    const full = cells.filter(({ opacity }) => opacity > 0.5);
    expect(new Set(full.map(({ colour }) => colour))).toEqual(new Set([COLOURS.blue, COLOURS.vermillion]));
    for (const { colour, opacity } of full) {
      expect(contrast(mixed(colour, opacity, "#ffffff"), "#1f2328")).toBeGreaterThanOrEqual(4.5);
      expect(contrast(mixed(ON_DARK[colour] ?? colour, opacity, "#0d1117"), "#e6edf3")).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("name whole epochs only, each once", () => {
    expect(epochsOnAxis(1)).toEqual(["1", "2"]);
    expect(epochsOnAxis(2)).toEqual(["1", "2"]);
    expect(epochsOnAxis(4)).toEqual(["1", "2", "3", "4"]);
    expect(epochsOnAxis(12)).toEqual(["1", "3", "5", "7", "9", "11"]);
    for (const count of [3, 7, 30, 100, 999]) {
      const names = epochsOnAxis(count).map((text) => text.replace(/,/g, ""));
      expect(names.filter((text) => !/^\d+$/.test(text))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeLessThanOrEqual(11);
    }
  });

  it("name whole epochs only where lines of several seeds go over them", () => {
    const runs = (xs: number[]) => xs.map((x) => ({ series: "a", x, y: x }));
    const names = (svg: string) => [
      ...(/<g transform="translate\(0,9\)"[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? "").matchAll(/>([^<]+)</g),
    ];
    const texts = (xs: number[]) => names(plots.seedLines(runs(xs), { x: "Epoch", y: "Loss" })).map(([, text]) => text);
    expect(texts([1, 1])).toEqual(["1", "2"]);
    expect(texts([1, 2, 3])).toEqual(["1", "2", "3"]);
    expect(texts([0.5, 1]).length).toBeGreaterThan(3);
  });

  it("say of how many units the spikes are only where that is known", () => {
    const input = SpikeEvents.fromTrains([{ times: [1, 2], units: [3, 682] }]);
    const layer = SpikeEvents.fromTrains([{ times: [1], units: [0] }]);
    expect(plots.spikeRaster(layer, { input })).toContain(">Input: 2 spikes</text>");
    expect(plots.spikeRaster(layer, { input, inputUnits: 784, units: [10] })).toContain(">Input: 2 spikes of 784 units</text>");
  });

  it("have a row for each spike, also where there are more units than was said", () => {
    const input = SpikeEvents.fromTrains([{ times: [1, 2], units: [3, 39] }]);
    const layer = SpikeEvents.fromTrains([{ times: [1], units: [4] }]);
    const right = plots.spikeRaster(layer, { input, inputUnits: 40, units: [5] });
    expect(plots.spikeRaster(layer, { input, inputUnits: 1, units: [2] })).toBe(right);
  });

  it("show weights without a shape as nearly a square, to the last one", () => {
    const layer = {
      weights: Float32Array.from({ length: 2 * 14 }, (_, k) => (k % 2 === 0 ? 1 : -1)),
      biases: new Float32Array(2),
    };
    const size = (svg: string) => Number(/ height="(\d+)"/.exec(svg)?.[1]);
    const [free, row] = [plots.weightMaps(layer), plots.weightMaps(layer, { shape: [1, 14] })];
    expect(size(free)).toBeGreaterThan(4 * size(row));
    // Each weight is a run of its own: neighbours differ.
    const runs = (svg: string) => svg.match(/M[\d.-]+,[\d.-]+h/g)?.length;
    expect(runs(row)).toBeGreaterThanOrEqual(28);
    expect(runs(free)).toBe(runs(row));
  });

  it("write in the colour of the text, and draw in colours that a dark ground shows", () => {
    const prediction = {
      decision: "firstSpike" as const,
      classes: Int32Array.of(1),
      decisionStep: Uint32Array.of(4),
      steps: Uint32Array.of(9),
      layers: [SpikeEvents.fromTrains([{ times: [4], units: [1] }])],
    };
    expect(plots.spikeRaster(prediction, { label: 0 })).not.toMatch(/<text[^>]* fill="#/);
    for (const colour of Object.values(COLOURS))
      expect(contrast(ON_DARK[colour] ?? colour, "#0d1117")).toBeGreaterThanOrEqual(4.5);
    expect(plots.learningCurves(epochs(3))).toContain(darkRules(":root.spikelet"));
    expect(page({ title: "a", lead: "b", sections: [] })).toContain(darkRules(".spikelet"));
  });

  it("name classes so that no two names overlap", () => {
    const classes = (count: number) => Array.from({ length: count }, (_, k) => k);
    const drawn = (count: number, names?: string[]) =>
      plots.confusionMatrix(classes(count), classes(count), names === undefined ? {} : { names });
    const below = (svg: string) => [
      ...(/<g transform="translate\(0,9\)"[^>]*>(.*?)<\/g>/s.exec(svg)?.[1] ?? "").matchAll(/<text x="([\d.]+)"[^>]*>([^<]+)</g),
    ];
    for (const count of [3, 10, 35, 100, 500]) {
      const texts = below(drawn(count)).map(([, x, text = ""]) => ({ x: Number(x), text }));
      expect(texts[0]?.text).toBe("0");
      for (const [k, { x, text }] of texts.slice(1).entries()) {
        expect(x - (texts[k]?.x ?? 0), `${count}: ${text}`).toBeGreaterThan(6 * text.length);
      }
    }
    const words = classes(30).map((k) => `word number ${k}`);
    const named = drawn(30, words);
    expect(below(named).map(([, , text]) => text)).toEqual(words);
    expect(below(named)[0]?.[0]).toContain("rotate(-90,");
  });

  it("say in one line above a raster what fits there", () => {
    const prediction = {
      decision: "firstSpike" as const,
      classes: Int32Array.of(1),
      decisionStep: Uint32Array.of(4),
      steps: Uint32Array.of(9),
      layers: [SpikeEvents.fromTrains([{ times: [4], units: [1] }])],
    };
    expect(plots.spikeRaster(prediction, { units: [10] })).toContain(">Output: 1 spike of 10 units<");
    expect(plots.spikeRaster(prediction, { units: [10], width: 320 })).toContain(">Output: 1 spike<");
  });

  it("name values of parallel axes that lie apart, first those at the ends", () => {
    const runs = [0, 0.01, 0.5, 0.99, 1].map((value) => ({ values: [value] }));
    const svg = plots.parallelCoordinates(runs, { axes: [{ label: "x" }] });
    expect([...svg.matchAll(/>([\d.]+)<\/text>/g)].map(([, text]) => text).sort()).toEqual(["0", "0.5", "1"]);
  });
});
