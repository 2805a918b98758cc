import { describe, expect, it } from "vitest";
import { runsOf } from "../../ts/study/run/runs.js";
import { parseRecord, type RunRecord, withChecksum } from "../../ts/study/store/record.js";
import { HASHES, planOf, recordOf } from "../sweep/records.js";

async function written(score?: number): Promise<RunRecord> {
  const { runs } = await runsOf(planOf({}), HASHES, () => undefined);
  return recordOf(runs[0] as (typeof runs)[0], score);
}

/** Every text that differs from this one by a bit and is still UTF-8. */
function* flipped(text: string): Generator<string> {
  const bytes = new TextEncoder().encode(text);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield new TextDecoder().decode(changed);
  }
}

describe("the record of a run", () => {
  it.each([0.5, undefined])("with the score %s is refused with any bit flipped", async (score) => {
    const record = await withChecksum(await written(score));
    const text = JSON.stringify(record);
    expect(await parseRecord(text, "a.json")).toEqual(record);
    for (const other of flipped(text)) {
      const read = await parseRecord(other, "a.json").catch((thrown) => thrown);
      if (read instanceof Error) expect(read).toMatchObject({ code: expect.stringMatching(/^(DATA_FORMAT|CHECKSUM_MISMATCH)$/) });
      else expect(read, other).toEqual(record);
    }
  });

  it("is the same in another order and spacing", async () => {
    const record = await withChecksum(await written(0.5));
    const turned = Object.fromEntries(Object.entries(record).reverse());
    expect(await parseRecord(JSON.stringify(turned, null, 2), "a.json")).toEqual(record);
  });

  it("of an earlier version is read, and known by the checksum that it does not have", async () => {
    const record = await written(0.5);
    expect((await parseRecord(JSON.stringify(record), "a.json")).checksum).toBeUndefined();
    const lost = JSON.stringify({ ...record, chdcksum: "0" });
    await expect(parseRecord(lost, "a.json")).rejects.toMatchObject({ code: "DATA_FORMAT" });
  });
});
