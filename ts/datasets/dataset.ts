import { loadBackend } from "#host/runtime/load";
import { fields, record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import { steps } from "../check/steps.js";
import { type Check, instanceOf, numbers, optional, refuse, text, whole } from "../check/values.js";
import { encodeSpikes, inEncoding, isForSeries } from "../encode.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { BackendChoice, DatasetArrays } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";
import { eventsBefore, SpikeEvents } from "../spikes.js";
import type { Labels } from "./class-names.js";
import { inputArrays, pickImages, pickInputs, pickTargets, samplesIn, targetArrays } from "./pick.js";
import type { Range } from "./ranges.js";
import type { DatasetInputs, DatasetTargets, HeldInputs, ValueInputs } from "./samples.js";
import { channelsOf, pickSeries } from "./series.js";
import { balancedOrder, type SplitOptions, splitOptions, splitSizes } from "./split.js";

/** Bytes of samples that lie in files and are read at a time: as much work for a network as a call should be, or less. */
const READ_BYTES = 4 * 2 ** 20;

/** Facts about a data set. */
export interface DatasetInfo {
  name: string;
  /** Shape of a sample: `[height, width]`, `[channels, height, width]` or, for signals, `[channels]`. */
  shape: readonly number[];
  /** Number of steps that the samples span, if they are spikes. */
  steps?: number;
  /** Sample rate of a signal in points per second. */
  sampleRate?: number;
  /** Unit of the values of a signal. */
  unit?: string;
  /** Names of the classes, by label. */
  classes?: readonly string[];
  /** Lowest and highest number of each value, which became 0 and 1, where values were scaled. */
  ranges?: readonly Range[];
  /** Number of samples at the end that are reserved for the test. */
  testSamples?: number;
  /** Default number of samples for validation; {@link SplitOptions} can change it. */
  validationSamples?: number;
  /** Whether the validation samples are those just before the test samples, instead of drawn at random. */
  isValidationFixed?: boolean;
}

/** Three data sets without common samples. */
export interface Split {
  train: SpikeDataset;
  validation: SpikeDataset;
  test: SpikeDataset;
}

/**
 * Samples with their targets, held in memory once or read from files when they are needed. Parts and encodings of a data set are
 * views that copy nothing. The core turns images and signals into spikes when the data set is used with a network.
 */
export class SpikeDataset {
  readonly info: DatasetInfo;
  /** How images or signals become spikes; `undefined` for spikes, and before {@link encode}. */
  readonly encoding: Encoding | undefined;
  readonly #inputs: DatasetInputs;
  readonly #targets: DatasetTargets;
  readonly #rows: Uint32Array;
  /** Number of each row that is held in the data set it was read from. */
  readonly #numbers: Uint32Array | undefined;

  /** @internal Use `datasets.fromImages` or `datasets.fromSpikes`. */
  constructor(
    info: DatasetInfo,
    inputs: DatasetInputs,
    targets: DatasetTargets,
    rows: Uint32Array,
    encoding?: Encoding,
    numbers?: Uint32Array,
  ) {
    this.info = info;
    this.#numbers = numbers;
    this.encoding = encoding;
    this.#inputs = inputs;
    this.#targets = targets;
    this.#rows = rows;
  }

  /** Number of samples. */
  get length(): number {
    return this.#rows.length;
  }

  /** Whether the samples are read from files when they are needed; {@link load} brings them into memory. */
  get isStored(): boolean {
    return this.#inputs.kind === "stored";
  }

  /** Class of each sample; `undefined` if the data set has no labels. */
  get labels(): Uint32Array | undefined {
    const { labels } = this.#targets;
    return labels && this.#rows.map((row) => labels[row] ?? 0);
  }

  /**
   * Returns the same samples with an encoding that turns them into spikes when they are used with a network. The sample rate of
   * `logMel` is that of the data set by default.
   *
   * @throws {SpikeletError} `DATA_FORMAT` if the encoding is for another kind of sample (`direct` for spikes and images; encodings
   * of signals for signals); `CONFIG_INVALID` if it has another sample rate than the data set.
   */
  encode(encoding: Encoding): SpikeDataset {
    text(record(encoding, "encoding")["type"], "encoding.type");
    const { kind } = this.#kindOfInputs;
    if (kind === "events") {
      if (encoding.type === "direct") return this;
      throw new SpikeletError("DATA_FORMAT", "encoding", "the samples are spikes already: use direct, or no encoding");
    }
    if (isForSeries(encoding) !== (kind === "series")) {
      const what = isForSeries(encoding) ? "is for signals, these are images" : "is for images, these are signals";
      throw new SpikeletError("DATA_FORMAT", "encoding", `${encoding.type} ${what}`);
    }
    return this.#of(this.info, this.#targets, this.#rows, withRate(encoding, this.info.sampleRate));
  }

  /** The samples as they were before {@link SpikeDataset.encode}. */
  withoutEncoding(): SpikeDataset {
    return this.#of(this.info, this.#targets, this.#rows, undefined);
  }

  /**
   * Splits the samples into training, validation and test part, by the seed and equally on every machine; each part has the
   * classes in the same proportion. A published test part stays the test part. A table that was scaled by its own ranges is scaled
   * by those of its training part.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` when the parts do not fit.
   */
  split(options: SplitOptions): Split {
    splitOptions(options, "");
    const { testSamples: own = 0, validationSamples = 0.1, isValidationFixed = false } = this.info;
    const free = this.length - own;
    const takesOwn = own > 0 && options.test === undefined;
    const fixed = takesOwn && isValidationFixed && options.validation === undefined ? validationSamples : 0;
    const pool = (takesOwn ? free : this.length) - fixed;
    const given = { ...options, ...(takesOwn ? { test: 0 } : {}), ...(fixed > 0 ? { validation: 0 } : {}) };
    const sizes = splitSizes(pool, given, { validation: validationSamples, test: 0.1 });
    const order = balancedOrder(0, pool, options.seed, this.labels);
    const testEnd = sizes.test;
    const validationEnd = testEnd + sizes.validation;
    const train = order.subarray(validationEnd, validationEnd + sizes.train);
    const all = this.#scaledBy(train);
    return {
      test: takesOwn ? all.slice(free) : all.pick(order.subarray(0, testEnd)),
      validation: fixed > 0 ? all.slice(pool, free) : all.pick(order.subarray(testEnd, validationEnd)),
      train: all.pick(train),
    };
  }

  /** Returns the samples from `start` up to but not including `end`, like `Array.prototype.slice`. */
  slice(start?: number, end?: number): SpikeDataset {
    position(start, "start");
    position(end, "end");
    return this.#view(this.#rows.slice(start, end));
  }

  /**
   * Returns the samples with these indices, in this order.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` for an index that no sample has, `DATA_FORMAT` for what is no array of numbers.
   */
  pick(indices: ArrayLike<number>): SpikeDataset {
    return this.#view(
      Uint32Array.from(numbers(indices, "indices"), (index, k) => {
        const row = Number.isInteger(index) ? this.#rows[index] : undefined;
        return row ?? refuse("SHAPE_MISMATCH", `indices[${k}]`, `a whole number below ${this.length}`, index);
      }),
    );
  }

  /**
   * Returns only the samples of these classes, given by number or name, which are numbered 0, 1, … in the order given. Those of a
   * published test part, and of a validation part that is fixed, remain one.
   *
   * @throws {SpikeletError} `DATA_FORMAT` where the samples have no labels, `CONFIG_INVALID` for a class that is not a whole number
   * or one of the names, is there twice, or lies above every label of the data set.
   */
  classes(classes: Labels): SpikeDataset {
    const { labels, ...targets } = this.#targets;
    if (labels === undefined) throw new SpikeletError("DATA_FORMAT", "classes", "the samples have no labels");
    const places = placesOf(classes, labels, this.info.classes);
    const isKept = (row: number) => places.has(labels[row] ?? -1);
    const rows = this.#rows.filter(isKept);
    const { info, encoding } = this.#view(rows);
    const { testSamples: own = 0, validationSamples = 0, isValidationFixed } = this.info;
    const test = this.length - own;
    const kept = (start: number, end?: number) => this.#rows.subarray(start, end).filter(isKept).length;
    const fixed = isValidationFixed && { isValidationFixed, validationSamples: kept(test - validationSamples, test) };
    const relabelled = labels.map((label) => places.get(label) ?? 0);
    const names = this.info.classes && {
      classes: Array.from(places.keys(), (label) => this.info.classes?.[label] ?? String(label)),
    };
    return this.#of({ ...info, ...names, testSamples: kept(test), ...fixed }, { ...targets, labels: relabelled }, rows, encoding);
  }

  /**
   * Returns the same samples in memory; this data set itself if they are there already.
   *
   * @throws {SpikeletError} `DATA_FORMAT` where they can't be read.
   */
  async load(): Promise<SpikeDataset> {
    const inputs = this.#inputs;
    if (inputs.kind !== "stored") return this;
    const { labels } = this;
    const { inputs: held, targets } = await inputs.store.read(this.#rows);
    const rows = Uint32Array.from(this.#rows.keys());
    return new SpikeDataset(this.info, held, { ...targets, ...(labels && { labels }) }, rows, this.encoding, this.#rows);
  }

  /**
   * Values of one sample in 0..1, `[unit]`; `undefined` if the samples are spikes or signals.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` for an index that is not a whole number, `SHAPE_MISMATCH` for one that no sample has,
   * `DATA_FORMAT` where the samples are not in memory, or their memory was handed over.
   */
  image(index: number): Float32Array | undefined {
    whole()(index, "index");
    const inputs = this.#held;
    if (inputs.kind === "events" || inputs.kind === "series") return undefined;
    const image = pickImages(inputs, Uint32Array.of(this.#row(index)));
    return image instanceof Float32Array ? image : Float32Array.from(image, (pixel) => pixel / 255);
  }

  /**
   * Channels of one sample, `[channel][time]`; `undefined` if the samples are not signals.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` for an index that is not a whole number, `SHAPE_MISMATCH` for one that no sample has,
   * `DATA_FORMAT` where the samples are not in memory.
   */
  signal(index: number): Float32Array[] | undefined {
    whole()(index, "index");
    const inputs = this.#held;
    return inputs.kind === "series" ? channelsOf(inputs, this.#row(index)) : undefined;
  }

  /**
   * Number of inputs that a network needs: the product of the shape or, for signals, the number of units that the encoding makes.
   *
   * @throws {SpikeletError} `DATA_FORMAT` for spikes without a shape and for signals without an encoding, `CONFIG_INVALID` for a
   * wrong encoding.
   */
  async inputUnits(options: { backend?: BackendChoice } = {}): Promise<number> {
    const { backend: choice } = unitOptions(options, "");
    const inputs = this.#kindOfInputs;
    if (inputs.kind !== "series") {
      const { shape } = this.info;
      if (inputs.kind === "events" && shape.length === 0) {
        throw new SpikeletError("DATA_FORMAT", "shape", "the spikes have no shape: give one");
      }
      return shape.reduce((product, size) => product * size, 1);
    }
    const json = jsonOf(this.#requiredEncoding(), "encoding");
    return inEncoding((await loadBackend(choice)).seriesUnits(json, inputs.channels));
  }

  /**
   * Returns the spikes of all samples, for plots and inspection.
   *
   * @param options `steps` is the length of the simulation; later spikes are dropped.
   * @throws {SpikeletError} `DATA_FORMAT` for images or signals without an encoding, or with values outside 0..1 or not finite,
   * `CONFIG_INVALID` for a wrong encoding.
   */
  async events(options: { steps: number; backend?: BackendChoice }): Promise<SpikeEvents> {
    const { steps: count, backend: choice } = eventOptions(options, "");
    if (this.isStored) return (await this.load()).events(options);
    const inputs = this.#held;
    if (inputs.kind === "events") return eventsBefore(inputs.events.pick(this.#rows), count);
    const encoding = this.#requiredEncoding();
    if (inputs.kind === "series") {
      const json = jsonOf(encoding, "encoding");
      const { values, offsets } = pickSeries(inputs, this.#rows);
      const backend = await loadBackend(choice);
      return new SpikeEvents(await inEncoding(backend.encodeSeries(json, values, offsets, inputs.channels, count)));
    }
    return encodeSpikes(pickImages(inputs, this.#rows), encoding, {
      units: inputs.units,
      rows: this.#numbersOfRows(),
      ...options,
    });
  }

  /**
   * @internal The images from `start` to before `end` as grey values, `[sample][unit]`.
   *
   * @throws {SpikeletError} `DATA_FORMAT` when the samples are spikes or signals, and for a value outside 0..1.
   */
  pixels(start: number, end: number): Uint8Array {
    const inputs = this.#held;
    if (inputs.kind === "events" || inputs.kind === "series") {
      const what = inputs.kind === "events" ? "spikes" : "signals";
      throw new SpikeletError("DATA_FORMAT", "inputs", `the samples are ${what}, not images`);
    }
    const images = pickImages(inputs, this.#rows.slice(start, end));
    return images instanceof Uint8Array ? images : greyValues(images, start * inputs.units);
  }

  /** @internal The same samples, of which those at the end are for the test and for validation. */
  withParts(parts: Pick<DatasetInfo, "testSamples" | "validationSamples" | "isValidationFixed">): SpikeDataset {
    return this.#of({ ...this.info, ...parts }, this.#targets, this.#rows, this.encoding);
  }

  /**
   * @internal The same samples, whose values were numbers of these ranges.
   *
   * @param scaledBy where the ranges are those of the samples themselves.
   */
  withRanges(ranges: readonly Range[], scaledBy?: ValueInputs["scaledBy"]): SpikeDataset {
    return this.#withValues(ranges, scaledBy && { scaledBy });
  }

  #withValues(ranges: readonly Range[], changed: Partial<ValueInputs> | undefined): SpikeDataset {
    const inputs = { ...this.#inputs, ...changed } as DatasetInputs;
    return new SpikeDataset({ ...this.info, ranges }, inputs, this.#targets, this.#rows, this.encoding, this.#numbers);
  }

  /** Samples whose values are scaled by the ranges of `part` where they were scaled by those of all. */
  #scaledBy(part: Uint32Array): SpikeDataset {
    const inputs = this.#inputs;
    if (inputs.kind !== "values" || inputs.scaledBy === undefined || part.length === 0) return this;
    const { values, ranges } = inputs.scaledBy(part.map((index) => this.#row(index)));
    return this.#withValues(ranges, { values, scaledBy: undefined });
  }

  /** @internal The targets of these samples with `events` as their inputs, one train a sample. */
  withEvents(info: DatasetInfo, events: SpikeEvents): SpikeDataset {
    return new SpikeDataset(info, { kind: "events", events }, this.#pickedTargets(), Uint32Array.from(this.#rows.keys()));
  }

  /** @internal Inputs and targets of these samples alone, in their order. */
  contents(): { inputs: HeldInputs; targets: DatasetTargets } {
    return { inputs: pickInputs(this.#held, this.#rows), targets: this.#pickedTargets() };
  }

  /** @internal Names samples that are not in memory: those of which they are some, and which. */
  get origin(): { identity: string; rows: Uint32Array } | undefined {
    const inputs = this.#inputs;
    return inputs.kind === "stored" ? { identity: inputs.store.identity, rows: this.#rows } : undefined;
  }

  /** @internal How many samples may be read at a time: all where they are in memory. */
  get samplesAtATime(): number {
    const inputs = this.#inputs;
    return inputs.kind === "stored"
      ? Math.max(1, Math.floor(READ_BYTES / inputs.store.bytesPerSample))
      : Number.POSITIVE_INFINITY;
  }

  /** @internal What the core gets of samples that are supplied later. */
  async wireAhead(): Promise<{ descriptor: string; arrays: DatasetArrays }> {
    const { labels, length } = this;
    return {
      descriptor: `${this.#descriptor().slice(0, -1)},"samples":${length}}`,
      arrays: { ...(await this.slice(0, 0).supplied()), ...(labels && { labels }) },
    };
  }

  /** @internal What the core gets, now that it needs them, of samples that lie in files. */
  async supplied(): Promise<DatasetArrays> {
    const inputs = this.#inputs;
    if (inputs.kind !== "stored") return this.wire().arrays;
    const contents = await inputs.store.read(this.#rows);
    return this.#arrays(contents.inputs, contents.targets);
  }

  /** @internal What the core gets. */
  wire(): { descriptor: string; arrays: DatasetArrays } {
    const { inputs, targets } = this.contents();
    return { descriptor: this.#descriptor(), arrays: this.#arrays(inputs, targets) };
  }

  #descriptor(): string {
    const inputs = this.#kindOfInputs;
    const { shape, classes, ranges, sampleRate } = this.info;
    const named = classes && { classes };
    if (inputs.kind === "events") return JSON.stringify({ inputs: "events", shape, ...named });
    const encoding = JSON.parse(jsonOf(this.#requiredEncoding(), "encoding")) as Encoding;
    if (inputs.kind !== "series")
      return JSON.stringify({ inputs: "images", shape, ...(ranges && { ranges }), encoding, ...named });
    const rate = sampleRate === undefined ? {} : { sampleRate };
    return JSON.stringify({ inputs: "series", channels: inputs.channels, ...rate, encoding, ...named });
  }

  /** What the core gets of these samples: with the rate code also their numbers, which draw the spikes. */
  #arrays(inputs: HeldInputs, targets: DatasetTargets): DatasetArrays {
    const areImages = inputs.kind === "pixels" || inputs.kind === "values";
    const isRate = areImages && this.#requiredEncoding().type === "rate";
    return { ...inputArrays(inputs), ...(isRate && { rows: this.#numbersOfRows() }), ...targetArrays(targets) };
  }

  #pickedTargets(): DatasetTargets {
    return pickTargets(this.#targets, this.#rows, samplesIn(this.#held));
  }

  /** What a sample is, wherever it lies. */
  get #kindOfInputs(): HeldInputs {
    return this.#inputs.kind === "stored" ? this.#inputs.store.empty : this.#inputs;
  }

  get #held(): HeldInputs {
    if (this.#inputs.kind !== "stored") return this.#inputs;
    throw new SpikeletError("DATA_FORMAT", "data", "the samples are in files: call await data.load() first");
  }

  /** A copy of the number of each sample in the data set it comes from. */
  #numbersOfRows(): Uint32Array {
    const numbers = this.#numbers;
    return numbers === undefined ? this.#rows.slice() : this.#rows.map((row) => numbers[row] ?? 0);
  }

  #requiredEncoding(): Encoding {
    if (this.encoding !== undefined) return this.encoding;
    const [what, code] = this.#kindOfInputs.kind === "series" ? ["signals", "delta"] : ["images", "latency"];
    throw new SpikeletError("DATA_FORMAT", "encoding", `${what} need one: data.encode(encode.${code}())`);
  }

  /** Where the inputs have a sample. */
  #row(index: number): number {
    return this.#rows[index] ?? refuse("SHAPE_MISMATCH", "index", `below ${this.length}`, index);
  }

  #view(rows: Uint32Array): SpikeDataset {
    const { testSamples: _, validationSamples: __, isValidationFixed: ___, ...info } = this.info;
    return this.#of(info, this.#targets, rows, this.encoding);
  }

  #of(info: DatasetInfo, targets: DatasetTargets, rows: Uint32Array, encoding: Encoding | undefined): SpikeDataset {
    return new SpikeDataset(info, this.#inputs, targets, rows, encoding, this.#numbers);
  }
}

const dataset: Check<SpikeDataset> = instanceOf(SpikeDataset, "a data set");

/** The new number of each class. */
function placesOf(classes: Labels, labels: Uint32Array, names: readonly string[] | undefined): Map<number, number> {
  const known = whole(
    0,
    labels.reduce((max, label) => Math.max(max, label), 0),
  );
  const places = new Map<number, number>();
  for (const [k, entry] of Array.from<number | string>(numbers(classes, "classes")).entries()) {
    const path = `classes[${k}]`;
    const label = typeof entry === "string" && names !== undefined ? names.indexOf(entry) : entry;
    if (label === -1) refuse("CONFIG_INVALID", path, `one of ${names?.join(", ")}`, entry);
    if (places.has(known(label, path))) refuse("CONFIG_INVALID", path, "a class that is not there before", label);
    places.set(known(label, path), k);
  }
  return places;
}

const position = optional(whole(-0xffff_ffff));

/** Values in 0..1 as bytes; `first` is the index of the first of them in their data set. */
function greyValues(values: Float32Array, first: number): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (!(value >= 0 && value <= 1)) refuse("DATA_FORMAT", `values[${first + k}]`, "in 0..1", value);
    bytes[k] = Math.round(value * 255);
  }
  return bytes;
}

/** The encoding with the sample rate of the data, where it needs one. */
function withRate(encoding: Encoding, sampleRate: number | undefined): Encoding {
  if (encoding.type !== "logMel" || sampleRate === undefined) return encoding;
  if (encoding.sampleRate === undefined) return { ...encoding, sampleRate };
  if (encoding.sampleRate === sampleRate) return encoding;
  const message = `must be that of the data set, ${sampleRate}, got ${encoding.sampleRate}`;
  throw new SpikeletError("CONFIG_INVALID", "encoding.sampleRate", message);
}

const unitOptions = fields<{ backend?: BackendChoice }>({ backend: backendChoice });

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
