import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { listOf, positive, text, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import { byteLimit, type ReadLimit } from "../io/byte-budget.js";
import type { BackendChoice } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import type { NumberArray } from "./npy.js";
import { parseNpz } from "./npz.js";
import { stepOf } from "./step.js";

/** How event arrays become spikes. */
export interface NpzOptions extends ReadLimit {
  /** Steps of the simulation; later events are dropped. */
  steps: number;
  /** Duration of a step in the unit of the file's times; 1 by default. */
  stepLength?: number;
  /** `[width, height]` for the arrays `x` and `y`, `[polarities, width, height]` if there is `p` too; any shape of `units`. */
  shape?: readonly number[];
  name?: string;
  backend?: BackendChoice;
}

const npzOptions = fields<NpzOptions>(
  {
    steps: stepCount,
    stepLength: positive,
    shape: listOf(whole(1), "CONFIG_INVALID"),
    name: text,
    backend: backendChoice,
    maxBytes: byteLimit,
  },
  "steps",
);

/**
 * Makes a data set from the arrays of events in an NPZ archive: `times` (or `t`) with one entry per event, and either `units`, or
 * `x`, `y` and optionally `p`, with the unit `(p · width + x) · height + y`. `offsets`, `[samples + 1]`, says where the events of
 * each sample start and where the last ones end; without it all events are one sample. `labels` is the class of each sample.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` for wrong options, `DATA_FORMAT` for a damaged archive, a missing array or values out
 * of range, `SHAPE_MISMATCH` for arrays of unequal length, each with the name of the array.
 */
export async function fromNpz(bytes: Uint8Array, options: NpzOptions): Promise<SpikeDataset> {
  const { steps, stepLength = 1, shape = [], name = "npz", backend, maxBytes } = npzOptions(options, "");
  const limit = maxBytes === undefined ? {} : { maxBytes };
  const arrays = await parseNpz(bytes, backend === undefined ? limit : { ...limit, backend });
  const at = one(arrays, ["times", "t"]);
  const unitOf = units(arrays, at.values.length, shape);
  const offsets = arrays["offsets"]?.values ?? Float64Array.of(0, at.values.length);
  const samples = offsets.length - 1;
  const kept = {
    offsets: new Uint32Array(samples + 1),
    times: new Uint16Array(at.values.length),
    units: new Uint32Array(at.values.length),
  };
  if (offsets[0] !== 0) throw wrongOffset(0);
  let count = 0;
  for (let sample = 0; sample < samples; sample++) {
    const [start, end] = [offsets[sample] ?? 0, offsets[sample + 1] ?? 0];
    if (!Number.isInteger(end) || end < start || end > at.values.length) throw wrongOffset(sample + 1);
    for (let k = start; k < end; k++) {
      const step = stepOf(at.values[k] ?? 0, stepLength, `${at.name}[${k}]`);
      if (step >= steps) continue;
      kept.times[count] = step;
      kept.units[count] = unitOf(k);
      count += 1;
    }
    kept.offsets[sample + 1] = count;
  }
  if (offsets[samples] !== at.values.length) throw wrongOffset(samples);
  const events = new SpikeEvents({
    offsets: kept.offsets,
    times: kept.times.subarray(0, count),
    units: kept.units.subarray(0, count),
  });
  const labels = arrays["labels"]?.values;
  const info = { name, shape, steps };
  return assemble(info, { kind: "events", events }, samples, labels === undefined ? {} : { labels });
}

function wrongOffset(k: number): SpikeletError {
  return new SpikeletError("SHAPE_MISMATCH", `offsets[${k}]`, "must rise from 0 to the number of events");
}

function one(arrays: Record<string, NumberArray>, names: readonly string[]): { name: string; values: NumberArray["values"] } {
  for (const name of names) {
    const array = arrays[name];
    if (array !== undefined) return { name, values: array.values };
  }
  throw new SpikeletError(
    "DATA_FORMAT",
    names[0] ?? "",
    `is missing: the archive has ${Object.keys(arrays).join(", ") || "no arrays"}`,
  );
}

/** Units that 32 bits number. */
const MAX_UNITS = 2 ** 32;

/** The unit of event k. */
function units(arrays: Record<string, NumberArray>, events: number, shape: readonly number[]): (k: number) => number {
  const coordinates =
    arrays["units"] === undefined ? ["p", "x", "y"].filter((name) => name !== "p" || name in arrays) : ["units"];
  const columns = coordinates.map((name) => one(arrays, [name]));
  const all = shape.length === 0 ? MAX_UNITS : shape.reduce((product, size) => product * size, 1);
  if (all > MAX_UNITS) throw new SpikeletError("CONFIG_INVALID", "shape", `must have at most ${MAX_UNITS} units, has ${all}`);
  const sizes = coordinates.length === 1 ? [all] : shape;
  if (sizes.length !== coordinates.length) {
    throw new SpikeletError("SHAPE_MISMATCH", "shape", `must have the size of each of ${coordinates.join(", ")}`);
  }
  for (const { name, values } of columns) {
    if (values.length !== events)
      throw new SpikeletError("SHAPE_MISMATCH", name, `must have ${events} entries, has ${values.length}`);
  }
  return (k) => {
    let unit = 0;
    for (const [c, { name, values }] of columns.entries()) {
      const value = values[k] ?? 0;
      const size = sizes[c] ?? 0;
      if (!Number.isInteger(value) || value < 0 || value >= size) {
        throw new SpikeletError("DATA_FORMAT", `${name}[${k}]`, `must be a whole number below ${size}, got ${value}`);
      }
      unit = unit * size + value;
    }
    return unit;
  };
}
