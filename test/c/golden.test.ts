import { rmSync } from "node:fs";
import { SpikeEvents } from "spikelet";
import { exportC } from "spikelet/export";
import { beforeAll, describe, expect, it } from "vitest";
import { sorted } from "../golden/compare.mjs";
import { GOLDEN, goldenCases } from "../golden/folder.mjs";
import { integersOf } from "../golden/integers.mjs";
import { eventsOf, trainerOf } from "../golden/network.mjs";
import { scoped } from "../golden/scoped.mjs";
import { type Translation, translate, translationsIn } from "../golden/translations.mjs";
import { Comparisons } from "../support/c-comparison.js";
import { answersInC, type CCase, missing } from "../support/c-program.js";
import { emptyFolder } from "../support/spawn-cli.js";

/** A golden case with its configuration. */
interface Case {
  place: string;
  // biome-ignore lint/suspicious/noExplicitAny: files of several formats.
  golden: any;
  translation: Translation;
}

const needs = missing("cc");

describe.skipIf(needs !== undefined)(`golden networks in C${needs ? ` (${needs})` : ""}`, () => {
  let cases: Case[];
  beforeAll(async () => {
    const translations = translationsIn(translate(GOLDEN));
    cases = (await goldenCases(GOLDEN)).flatMap(({ place, text }) => {
      const translation = translations.get(place);
      return translation?.configuration ? [{ place, golden: JSON.parse(text), translation }] : [];
    });
  });

  it("have the bits of JavaScript", async () => {
    const comparisons = new Comparisons();
    const networks = cases.filter(({ golden }) => golden.type === "network");
    expect(networks.length).toBeGreaterThan(300);
    for (const { place, golden, translation } of networks) {
      const file = await scoped(trainerOf(golden, translation), (trainer) => trainer.exportModel());
      const events = eventsOf(golden);
      const samples = Array.from({ length: events.length }, (_, b) => events.sample(b));
      const values = golden.input_values !== undefined;
      comparisons.add(place, file, samples, (name) => exportC(file, { name, values, maxEvents: 1000 }));
    }
    comparisons.check(inFolder(comparisons.cases));
  });

  it("of whole numbers have the spikes, membranes, statistics and decisions of the files", async () => {
    const files = cases.filter(({ golden }) => golden.type === "integer");
    expect(files.length).toBe(15);
    const written: CCase[] = [];
    for (const { golden, translation } of files) {
      const model = await scoped(trainerOf(golden, translation), (trainer) => trainer.exportModel());
      const spikes = SpikeEvents.fromTriples(golden.input_events, golden.batch);
      const name = `n${written.length}`;
      const samples = Array.from({ length: golden.batch }, (_, b) => spikes.sample(b));
      written.push({ name, files: exportC(model, { name, integers: integersOf(golden), maxEvents: 1000 }), samples });
    }
    for (const [k, answers] of inFolder(written).entries()) {
      const { place, golden } = files[k] as Case;
      for (const [b, found] of answers.entries()) {
        const { spikes, membranes, counts, scores, decision } = found;
        const { expected } = golden;
        const sample = (values: number[], size: number) => values.slice(b * size, (b + 1) * size);
        const fired = expected.membranes ? [] : expected.spikes.at(-1).events;
        const ofSample = fired.filter(([of]: number[]) => of === b).map(([, time, unit]: number[]) => [time, unit]);
        const rows = expected.membranes ? expected.membranes.length / golden.batch : 0;
        expect({ place, b, spikes, membranes, scores: expected.membranes ? scores : counts, decision }).toEqual({
          place,
          b,
          spikes: sorted(ofSample),
          membranes: sample(expected.membranes ?? [], rows),
          scores: expected.statistic[b],
          decision: expected.decision[b],
        });
      }
    }
  });
});

function inFolder(cases: readonly CCase[]) {
  const folder = emptyFolder();
  try {
    return answersInC(folder, cases);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
