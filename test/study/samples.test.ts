import { SpikeletError } from "spikelet";
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
