import { datasets, SpikeletError } from "spikelet";
import { expect, it } from "vitest";
import { Samples } from "../../ts/study/run/samples.js";
import { tinyData } from "../support/learning.js";

it("data that could not be read are read again for the next run", async () => {
  let asked = 0;
  const load = async () => {
    asked++;
    if (asked === 1) throw new SpikeletError("DATA_FORMAT", "file", "can't be read");
    return tinyData();
  };
  const samples = new Samples({ load, split: (_, data) => data.split({ seed: 1 }) });
  const data = { dataset: "yinYang" };
  await expect(samples.split(data, 30)).rejects.toMatchObject({ code: "DATA_FORMAT" });
  for (const _ of [1, 2]) expect((await samples.split(data, 30)).train.length).toBeGreaterThan(0);
  expect(asked).toBe(2);
});

it("spikes exchange their times where they are told to: units and steps keep their numbers of spikes", async () => {
  const steps = 100;
  const drawn = await datasets.randman({ samplesPerClass: 40, classes: 4, units: 30, seed: 3 });
  const samples = new Samples({ load: async () => drawn, split: (_, data) => data.split({ seed: 1 }) });
  const source = { dataset: "randman" };
  const ordered = await samples.split(source, steps);
  const shuffled = await samples.split({ ...source, areTimesShuffled: true }, steps);
  for (const part of ["train", "validation", "test"] as const) {
    const [before, after] = [await ordered[part].events({ steps }), await shuffled[part].events({ steps })];
    expect(shuffled[part].labels).toEqual(ordered[part].labels);
    expect(after.times).toEqual(before.times);
    expect(after.units).not.toEqual(before.units);
    for (let k = 0; k < after.length; k++) expect(after.sample(k).units.toSorted()).toEqual(before.sample(k).units.toSorted());
  }
  // Each of 30 units meets its own step again about once in 30.
  const [before, after] = [await ordered.train.events({ steps }), await shuffled.train.events({ steps })];
  const kept = after.units.filter((unit, k) => unit === before.units[k]).length / after.units.length;
  expect(kept).toBeCloseTo(1 / 30, 1);
});

it("which spikes exchange their times does not follow from how the samples were drawn", async () => {
  const steps = 100;
  const drawn = datasets.delayDetection({ samplesPerClass: 500 });
  const samples = new Samples({ load: async () => drawn, split: (_, data) => data.split({ seed: 1 }) });
  const source = { dataset: "delayDetection" };
  const [before, after] = await Promise.all(
    [false, true].map(async (areTimesShuffled) =>
      (await samples.split({ ...source, areTimesShuffled }, steps)).train.events({ steps }),
    ),
  );
  // Of pairs that begin early and of pairs that begin late, half are exchanged.
  const exchanged = [0, 0];
  const all = [0, 0];
  for (let k = 0; k < (before?.length ?? 0); k++) {
    const [pair, other] = [before?.sample(k), after?.sample(k)];
    const half = (pair?.times[0] ?? 0) < 25 ? 0 : 1;
    all[half] = (all[half] ?? 0) + 1;
    if (pair?.units[0] !== other?.units[0]) exchanged[half] = (exchanged[half] ?? 0) + 1;
  }
  for (const half of [0, 1]) expect((exchanged[half] ?? 0) / (all[half] ?? 0)).toBeCloseTo(0.5, 1);
});
