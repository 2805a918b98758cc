import { type NetworkOutline, SpikeEvents } from "spikelet";
import {
  confusionMatrix,
  learningCurves,
  learntHistogram,
  networkGraph,
  parallelCoordinates,
  seedSpread,
  spikeHistogram,
  spikeRaster,
} from "spikelet/plot";
import { describe, expect, it } from "vitest";
import { answerTexts } from "../../ts/report/result/texts.js";

const events = (...units: number[]) => SpikeEvents.fromTrains([{ times: units.map(() => 0), units }]);

/** A network in which each layer gets the spikes of all others. */
function crowded(count: number): NetworkOutline {
  const layers = Array.from({ length: count }, (_, layer) => ({
    name: `layer ${layer}`,
    text: "dense",
    spiking: layer,
    from: Array.from({ length: count }, (_, from) => ({ layer: from, name: `layer ${from}`, isFeedback: from >= layer })),
    further: [],
    shape: [8],
    parameters: 64,
  }));
  return { input: [4], layers };
}

const placesOf = (svg: string, attribute: string) =>
  Array.from(svg.matchAll(new RegExp(`<circle[^>]* ${attribute}="([^"]+)"`, "g")), ([, place]) => Number(place));

describe("figures", () => {
  it("have no sizes below 0 at the least width, and refuse others", () => {
    const drawn = (width: number) => [
      confusionMatrix([0, 1], [0, 0], { width }),
      spikeRaster(events(0, 2), { width }),
      spikeHistogram(events(0, 2), { width }),
      learntHistogram([{ learnt: { threshold: Float32Array.of(1, 2) } }], { width }),
      networkGraph(crowded(12), { width }),
      seedSpread(
        [0.51, 0.62].map((value) => ({ series: "surrogate gradients", value })),
        { label: "accuracy", width },
      ),
    ];
    for (const svg of drawn(160)) expect(svg).not.toMatch(/(?:width|height)="-/);
    expect(() => drawn(159)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", path: "width" }));
  });

  it("hold no characters that XML has no place for", () => {
    const series = "a\u0000b\ud800 \u{1f600}";
    const svg = seedSpread([{ series, value: 1 }], { label: "x\u0008", title: "y\u001b[31m" });
    for (const character of ["\u0000", "\u0008", "\u001b"]) expect(svg).not.toContain(character);
    expect(svg).toContain("a\ufffdb\ufffd \u{1f600}");
  });
});

describe("runs of series with long names", () => {
  it("lie apart, within the figure", () => {
    const series = `a variant ${"with a long name ".repeat(8)}lr=0.001`;
    const svg = seedSpread(
      [1, 2, 3].map((value) => ({ series, value })),
      { label: "accuracy" },
    );
    const places = placesOf(svg, "cx");
    expect(new Set(places).size).toBe(3);
    for (const place of places) expect(place > 0 && place < 640).toBe(true);
    expect(svg).toMatch(/>a variant[^<]*…[^<]*lr=0\.001</);
    expect(svg).toContain(series);
  });
});

describe("series that do not vary", () => {
  const metrics = { loss: 1, accuracy: {}, spikes: { perSample: 0 }, meanSquaredError: 0.5 };

  it("have no R², in words and figures", () => {
    const svg = learningCurves([1, 2].map((epoch) => ({ epoch, train: metrics, validation: null })));
    expect(svg).not.toContain("NaN");
    expect(answerTexts(metrics, "none")).toEqual(["mean squared error 0.5"]);
  });
});

describe("large numbers", () => {
  it("of a unit take no memory for all units before it", () => {
    expect(spikeHistogram(events(0xffff_ffff), { by: "unit" })).toContain("histogram of spikes");
  });

  it("of classes take no memory for all pairs of them", () => {
    const svg = confusionMatrix([9999, 1, 1], [0, 1, 1]);
    expect(svg).toContain("of 10000 classes, 2 of 3 decisions right");
    expect(svg.length).toBeLessThan(10_000);
  });

  it("have their place on parallel axes", () => {
    const runs = [1.7e308, -1.7e308, 0].map((value) => ({ values: [value, 1] }));
    expect(parallelCoordinates(runs, { axes: [{ label: "x" }, { label: "y" }] })).not.toContain("NaN");
  });
});
