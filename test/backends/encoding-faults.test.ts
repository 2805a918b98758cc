import { datasets, type Encoding, encodeSpikes } from "spikelet";
import { describe, expect, it } from "vitest";
import { BACKENDS } from "../support/backends.js";

const values = Float32Array.from({ length: 60 }, (_, k) => (k % 20) / 19);
const shape = { units: 20, steps: 40 };

describe.each(BACKENDS)("faults of an encoding have the path that they have in training, on %s", (backend) => {
  const images = datasets.fromImages({ values, shape: [20] });
  const series = datasets.fromSeries({ signals: [[[0, 1]]] });
  const refused = (path: string) => expect.objectContaining({ code: "CONFIG_INVALID", path });

  it.each<[string, object]>([
    ["encoding.lst", { type: "latency", lst: 3 }],
    ["encoding.type", { type: "late" }],
    ["encoding.max", { type: "stretch" }],
  ])("at %s of images", async (path, fault) => {
    const encoding = fault as Encoding;
    await expect(images.encode(encoding).events({ steps: 5, backend })).rejects.toThrow(refused(path));
    await expect(encodeSpikes(values, encoding, { ...shape, backend })).rejects.toThrow(refused(path));
  });

  it.each<[string, object]>([
    ["encoding.threshold", { type: "delta", threshold: -1 }],
    ["encoding.encoding.type", { type: "logMel", encoding: { type: "late" } }],
  ])("at %s of signals", async (path, encoding) => {
    const data = series.encode(encoding as Encoding);
    await expect(data.events({ steps: 5, backend })).rejects.toThrow(refused(path));
    await expect(data.inputUnits({ backend })).rejects.toThrow(refused(path));
  });
});
