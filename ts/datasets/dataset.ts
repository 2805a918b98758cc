import { fields, record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import { type Check, instanceOf, numbers, optional, text, whole } from "../check/values.js";
import { encodeSpikes } from "../encode.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { BackendChoice, DatasetArrays } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import { balancedOrder, type SplitOptions, splitOptions, splitSizes } from "./split.js";
import { steps } from "./step.js";

/** What the samples are: images that an encoding turns into spikes, or spikes. */
export type DatasetInputs =
  | { kind: "pixels"; pixels: Uint8Array; units: number }
  | { kind: "values"; values: Float32Array; units: number }
  | { kind: "events"; events: SpikeEvents };

/** What the output should do, one entry a sample. */
export interface DatasetTargets {
  /** Class of each sample. */
  labels?: Uint32Array;
  /** Wanted spike counts, `[sample][output]`. */
  counts?: Float32Array;
  /** Wanted membranes of a readout, `[sample][step][output]`. */
  series?: Float32Array;
  /** Wanted spike trains of the outputs. */
  trains?: SpikeEvents;
}

/** What a data set knows about itself. */
export interface DatasetInfo {
  name: string;
  /** `[height, width]` or `[channels, height, width]` of a sample. */
  shape: readonly number[];
  /** Steps that the spikes of the samples lie in, where the samples are spikes. */
  steps?: number;
  /** Samples at the end that are for the test alone. */
  testSamples?: number;
  /** Samples for validation unless {@link SplitOptions} says otherwise. */
  validationSamples?: number;
}

/** Three data sets that share no sample. */
export interface Split {
  train: SpikeDataset;
  validation: SpikeDataset;
  test: SpikeDataset;
}

/**
 * Samples with their targets, held once; parts and encodings of it are light views.
 *
 * Images become spikes when the data set is fed to a network, in the core.
 */
export class SpikeDataset {
  readonly info: DatasetInfo;
  /** How images become spikes; `undefined` for spikes and for images without an encoding yet. */
  readonly encoding: Encoding | undefined;
  readonly #inputs: DatasetInputs;
  readonly #targets: DatasetTargets;
  readonly #rows: Uint32Array;

  /** Use `datasets.fromImages` or `datasets.fromSpikes`. */
  constructor(info: DatasetInfo, inputs: DatasetInputs, targets: DatasetTargets, rows: Uint32Array, encoding?: Encoding) {
    this.info = info;
    this.encoding = encoding;
    this.#inputs = inputs;
    this.#targets = targets;
    this.#rows = rows;
  }

  /** Number of samples. */
  get length(): number {
    return this.#rows.length;
  }

  /** Class of each sample, or `undefined` when the data set has no labels. */
  get labels(): Uint32Array | undefined {
    const { labels } = this.#targets;
    return labels && this.#rows.map((row) => labels[row] ?? 0);
  }

  /**
   * The same samples, turned into spikes by `encoding` when they are fed to a network.
   *
   * @throws {SpikeletError} `DATA_FORMAT` where the samples are spikes already and the encoding is not `direct`, or the reverse.
   */
  encode(encoding: Encoding): SpikeDataset {
    text(record(encoding, "encoding")["type"], "encoding.type");
    const isDirect = encoding.type === "direct";
    if (this.#inputs.kind === "events") {
      if (isDirect) return this;
      throw new SpikeletError("DATA_FORMAT", "encoding", "the samples are spikes already: use direct, or no encoding");
    }
    if (isDirect) throw new SpikeletError("DATA_FORMAT", "encoding", "direct is for samples that are spikes, these are values");
    return new SpikeDataset(this.info, this.#inputs, this.#targets, this.#rows, encoding);
  }

  /**
   * Training, validation and test part, fixed by the seed and the same on every machine; each has the classes in the
   * proportion of the whole. A test part that the data set brings along stays the test part.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` when the parts do not fit.
   */
  split(options: SplitOptions): Split {
    splitOptions(options, "");
    const own = this.info.testSamples ?? 0;
    const free = this.length - own;
    const takesOwn = own > 0 && options.test === undefined;
    const pool = takesOwn ? free : this.length;
    const sizes = splitSizes(pool, takesOwn ? { ...options, test: 0 } : options, {
      validation: this.info.validationSamples ?? 0.1,
      test: 0.1,
    });
    const order = balancedOrder(0, pool, options.seed, this.labels);
    const testEnd = sizes.test;
    const validationEnd = testEnd + sizes.validation;
    return {
      test: takesOwn ? this.slice(free) : this.pick(order.subarray(0, testEnd)),
      validation: this.pick(order.subarray(testEnd, validationEnd)),
      train: this.pick(order.subarray(validationEnd, validationEnd + sizes.train)),
    };
  }

  /** Samples `start` to before `end`, like `Array.prototype.slice`. */
  slice(start?: number, end?: number): SpikeDataset {
    position(start, "start");
    position(end, "end");
    return this.#view(this.#rows.slice(start, end));
  }

  /** The samples with these indices, in their order. */
  pick(indices: ArrayLike<number>): SpikeDataset {
    return this.#view(
      Uint32Array.from(numbers(indices, "indices"), (index) => {
        const row = this.#rows[index];
        if (row === undefined) {
          throw new SpikeletError("SHAPE_MISMATCH", "indices", `must be below ${this.length}, got ${index}`);
        }
        return row;
      }),
    );
  }

  /** Values of one sample, 0 to 1, `[unit]`; `undefined` when the samples are spikes. */
  image(index: number): Float32Array | undefined {
    whole()(index, "index");
    const inputs = this.#inputs;
    const row = this.#rows[index];
    if (inputs.kind === "events" || row === undefined) return undefined;
    const range = [row * inputs.units, (row + 1) * inputs.units] as const;
    if (inputs.kind === "values") return inputs.values.slice(...range);
    return Float32Array.from(inputs.pixels.subarray(...range), (pixel) => pixel / 255);
  }

  /**
   * The spikes of all samples, for looking at them.
   *
   * @param options `steps` of the simulation they are for; spikes after it are dropped.
   * @throws {SpikeletError} `DATA_FORMAT` for images without an encoding or with values outside 0..1.
   */
  async events(options: { steps: number; backend?: BackendChoice }): Promise<SpikeEvents> {
    eventOptions(options, "");
    const inputs = this.#inputs;
    if (inputs.kind === "events") return inputs.events.pick(this.#rows);
    const encoding = this.#requiredEncoding();
    return encodeSpikes(this.#gather(inputs), encoding, { units: inputs.units, rows: this.#rows, ...options });
  }

  /**
   * @internal The images from `start` to before `end` as grey values, `[sample][unit]`.
   *
   * @throws {SpikeletError} `DATA_FORMAT` when the samples are spikes.
   */
  pixels(start: number, end: number): Uint8Array {
    const inputs = this.#inputs;
    if (inputs.kind === "events") throw new SpikeletError("DATA_FORMAT", "inputs", "the samples are spikes, not images");
    const images = this.slice(start, end).#gather(inputs);
    return images instanceof Uint8Array ? images : Uint8Array.from(images, (value) => Math.round(value * 255));
  }

  /** @internal The targets of these samples with `events` as their inputs, one train a sample. */
  withEvents(info: DatasetInfo, events: SpikeEvents): SpikeDataset {
    const { labels, counts, series, targetOffsets: offsets, targetTimes: times, targetUnits: units } = this.#targetArrays();
    const targets: DatasetTargets = {};
    if (labels !== undefined) targets.labels = labels;
    if (counts !== undefined) targets.counts = counts;
    if (series !== undefined) targets.series = series;
    if (offsets && times && units) targets.trains = new SpikeEvents({ offsets, times, units });
    const rows = Uint32Array.from({ length: this.length }, (_, row) => row);
    return new SpikeDataset(info, { kind: "events", events }, targets, rows);
  }

  /** @internal What the core gets. */
  wire(): { descriptor: string; arrays: DatasetArrays } {
    const inputs = this.#inputs;
    if (inputs.kind === "events") {
      const { offsets, times, units } = inputs.events.pick(this.#rows);
      const descriptor = JSON.stringify({ inputs: "events", shape: this.info.shape });
      return { descriptor, arrays: { offsets, times, units, ...this.#targetArrays() } };
    }
    const encoding = this.#requiredEncoding();
    const values = this.#gather(inputs);
    const images = values instanceof Uint8Array ? { pixels: values } : { values };
    const arrays = encoding.type === "rate" ? { ...images, rows: this.#rows.slice() } : images;
    const descriptor = `{"inputs":"images","shape":${JSON.stringify(this.info.shape)},"encoding":${jsonOf(encoding, "encoding")}}`;
    return { descriptor, arrays: { ...arrays, ...this.#targetArrays() } };
  }

  #targetArrays(): DatasetArrays {
    const { labels, counts, series, trains } = this.#targets;
    const arrays: DatasetArrays = {};
    if (labels !== undefined) arrays.labels = this.labels ?? labels;
    if (counts !== undefined) arrays.counts = this.#picked(counts);
    if (series !== undefined) arrays.series = this.#picked(series);
    if (trains !== undefined) {
      const { offsets, times, units } = trains.pick(this.#rows);
      Object.assign(arrays, { targetOffsets: offsets, targetTimes: times, targetUnits: units });
    }
    return arrays;
  }

  /** The numbers of these samples, of an array with equally many for each sample held. */
  #picked(numbers: Float32Array): Float32Array {
    const each = numbers.length / Math.max(1, this.#samplesHeld());
    return pickRows(numbers, this.#rows, each, new Float32Array(this.length * each));
  }

  #samplesHeld(): number {
    const inputs = this.#inputs;
    if (inputs.kind === "events") return inputs.events.length;
    return (inputs.kind === "pixels" ? inputs.pixels : inputs.values).length / inputs.units;
  }

  #gather(inputs: Exclude<DatasetInputs, { kind: "events" }>): Uint8Array | Float32Array {
    const size = this.length * inputs.units;
    return inputs.kind === "pixels"
      ? pickRows(inputs.pixels, this.#rows, inputs.units, new Uint8Array(size))
      : pickRows(inputs.values, this.#rows, inputs.units, new Float32Array(size));
  }

  #requiredEncoding(): Encoding {
    if (this.encoding !== undefined) return this.encoding;
    throw new SpikeletError("DATA_FORMAT", "encoding", "images need one: data.encode(encode.latency())");
  }

  #view(rows: Uint32Array): SpikeDataset {
    const { testSamples: _, validationSamples: __, ...info } = this.info;
    return new SpikeDataset(info, this.#inputs, this.#targets, rows, this.encoding);
  }
}

const dataset: Check<SpikeDataset> = instanceOf(SpikeDataset, "a data set");

const position = optional(whole(-0xffff_ffff));

const eventOptions = fields<{ steps: number; backend?: BackendChoice }>({ steps, backend: backendChoice }, "steps");

/**
 * @internal A data set that a network is to take.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for anything else, `SHAPE_MISMATCH` for one without samples.
 */
export function samplesOf(value: unknown, path: string): SpikeDataset {
  const data = dataset(value, path);
  if (data.length > 0) return data;
  throw new SpikeletError("SHAPE_MISMATCH", path, "must have samples, has none");
}

function pickRows<T extends Uint8Array | Float32Array>(from: T, rows: Uint32Array, width: number, into: T): T {
  for (const [k, row] of rows.entries()) into.set(from.subarray(row * width, (row + 1) * width), k * width);
  return into;
}
