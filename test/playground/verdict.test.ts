import { describe, expect, it } from "vitest";
import { drawnBy } from "../../demo/draw/pen.js";
import { type Insight, lookInside } from "../../demo/inside/insight.js";
import { type Example, learn } from "../../demo/teach/learning.js";
import { coarse } from "../../demo/teach/levels.js";
import { OTHER, SURE_LEAD, sentenceOf, verdictOf } from "../../demo/teach/verdict.js";
import { centred } from "../../ts/page/centred.js";
import { MORE_SYMBOLS, SYMBOLS, unsteady } from "../browser/strokes.js";

const NAMES = ["Bolt", "Ring", "Wave", OTHER];

/** What a network does whose outputs fire at these steps; ten hidden spikes come at each of the steps 0 to 9. */
function insight(...spikes: readonly (readonly number[])[]): Insight {
  const output = spikes.flatMap((times, unit) => times.map((time) => ({ time, unit }))).sort((a, b) => a.time - b.time);
  const [first] = output;
  const events = { times: output.map(({ time }) => time), units: output.map(({ unit }) => unit) };
  const hidden = { times: Array.from({ length: 100 }, (_, k) => Math.floor(k / 10)), units: new Array<number>(100).fill(0) };
  return {
    names: NAMES,
    steps: 60,
    decision: first === undefined ? undefined : { output: first.unit, step: first.time },
    layers: [hidden, events],
  } as unknown as Insight;
}

const read = (...spikes: readonly (readonly number[])[]) => sentenceOf(verdictOf(insight(...spikes)), NAMES).join(" ");

describe("the answer of the demo page to a drawing", () => {
  it("is sure where an output leads, with the spikes up to its decision", () => {
    expect(read([5, 8], [5 + SURE_LEAD], [])).toBe("Bolt. Decided at step 5 of 60 with 61 spikes.");
    expect(read([], [], [25, 30])).toBe("Wave. Decided at step 25 of 60 with 101 spikes.");
  });

  it("is not sure where the lead is small, and names both", () => {
    expect(read([], [20], [20 + SURE_LEAD - 1])).toBe(`Not sure. Ring fires at step 20, Wave ${SURE_LEAD - 1} steps later.`);
    expect(read([31, 40], [30], [50])).toBe("Not sure. Ring fires at step 30, Bolt 1 step later.");
    expect(read([30], [30], [])).toBe("Not sure. Bolt fires at step 30, Ring at the same step.");
  });

  it("is not sure where an output fires only at the end, and where none does", () => {
    expect(read([60 - SURE_LEAD + 1], [], [])).toBe(`Not sure. Bolt fires only at step ${61 - SURE_LEAD} of 60.`);
    expect(read([], [30], [], [20])).toBe("Not sure. The output for other drawings fires first, at step 20 of 60.");
    expect(read([], [23], [], [20])).toBe("Not sure. Other fires at step 20, Ring 3 steps later.");
    expect(read([], [], [])).toBe("Not sure. No output fires in 60 steps, 100 spikes.");
  });
});

describe("the lead at which the demo page is sure", () => {
  const symbols = Object.entries({ ...SYMBOLS, ...MORE_SYMBOLS });
  const [TRIALS, KNOWN, UNKNOWN] = [6, 8, 3];

  /** A drawing by an unsteady hand. */
  const drawingOf = (symbol: number, seed: number) => centred(drawnBy(unsteady(symbols[symbol]?.[1] ?? [], seed)));

  it.each([2, 5, 8])("tells %i symbols, learnt from one drawing each, from each other and from others", async (count) => {
    const found = { right: 0, wrong: 0, known: 0, unknownSure: 0, unknown: 0 };
    for (let trial = 0; trial < TRIALS; trial++) {
      // Another choice and another hand for each trial.
      const order = Array.from(symbols.keys(), (k) => (5 * k + 7 * trial) % symbols.length);
      const chosen = order.slice(0, count);
      const names = [...chosen.map((symbol) => symbols[symbol]?.[0] ?? ""), OTHER];
      const examples = chosen.map(
        (symbol, k): Example => ({ pixels: coarse(drawingOf(symbol, 100 * trial + symbol)), symbol: k, take: 0 }),
      );
      using network = await learn(examples, count, new AbortController().signal);
      const ask = async (symbol: number, seed: number) => {
        const insight = await lookInside(network, { pixels: drawingOf(symbol, seed), label: undefined }, names);
        if (insight === undefined) throw new Error("disposed of");
        return verdictOf(insight);
      };
      for (const [place, symbol] of order.entries()) {
        for (let k = 0; k < (place < count ? KNOWN : UNKNOWN); k++) {
          const { isSure, output } = await ask(symbol, 10_000 + 100 * trial + k);
          if (place >= count) {
            found.unknown += 1;
            if (isSure) found.unknownSure += 1;
          } else {
            found.known += 1;
            if (isSure) found[output === place ? "right" : "wrong"] += 1;
          }
        }
      }
    }
    console.log(`lead of ${SURE_LEAD} steps, ${count} symbols`, found);
    expect(found.right / found.known).toBeGreaterThan(0.88);
    expect(found.wrong / found.known).toBeLessThan(0.04);
    expect(found.unknownSure / found.unknown).toBeLessThan(0.35);
  });
});
