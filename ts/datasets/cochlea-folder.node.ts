import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Dataset, File } from "h5wasm/node";
import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { positive, text } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { ByteBudget, byteLimit, type ReadLimit } from "../io/byte-budget.js";
import { load } from "../io/files.node.js";
import { checkedLength, type FileSystem, readAlone, unusable } from "../io/hdf5.js";
import { checkHeaps } from "../io/hdf5-heaps.js";
import type { EventArrays } from "../runtime/backend.js";
import { abortSignal } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { halvesToFloats } from "./half.js";
import { stepOf } from "./step.js";

type H5wasm = typeof import("h5wasm/node");

/** Where the files of SHD or SSC lie and how they become spikes. */
export interface ShdOptions extends ReadLimit {
  /** Folder with `shd_train.h5` and `shd_test.h5`, or those of SSC. */
  dir: string;
  /** Steps of the simulation; 100 by default. */
  steps?: number;
  /** Duration of all steps together in seconds; later spikes are dropped. 1.4 by default, the length of the longest word. */
  seconds?: number;
  signal?: AbortSignal;
}

const shdOptions = fields<ShdOptions>(
  { dir: text, steps: stepCount, seconds: positive, signal: abortSignal, maxBytes: byteLimit },
  "dir",
);

const UNITS = 700;
/** Samples in memory at a time beside the spikes, at most, and bytes of them: all may refer to the same long list. */
const CHUNK = 256;
const CHUNK_BYTES = 2 ** 22;
/** Bytes of a list that a data set holds, and of an event in memory. */
const [LIST_BYTES, EVENT_BYTES] = [16, 6];

/** Names of the files of a set in this layout, and how long its samples are. */
export interface CochleaFiles {
  name: string;
  train: string;
  /** Samples that stay the validation part; without it `split` draws them. */
  validation?: string;
  test: string;
  /** Duration of all steps together in seconds, where no other is given. */
  seconds: number;
}

/**
 * Reads spikes of the 700 channels of a model of the cochlea from HDF5 files in a folder. Spikes of a channel in one step add up.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the file if it is missing or damaged, or if `h5wasm` is not installed. An abort
 * throws the reason of the signal.
 */
export async function readCochleaFolder(files: CochleaFiles, options: ShdOptions): Promise<SpikeDataset> {
  const { dir, steps = 100, seconds = files.seconds, signal, maxBytes } = shdOptions(options, "");
  const h5wasm = await loadH5wasm();
  const binning = { steps, stepLength: seconds / steps };
  const limit = maxBytes === undefined ? {} : { maxBytes };
  const read = (name: string) => readPart(h5wasm, join(dir, name), binning, { ...limit, signal });
  const train = await read(files.train);
  const validation = files.validation === undefined ? undefined : await read(files.validation);
  const test = await read(files.test);
  const parts = [train, ...(validation === undefined ? [] : [validation]), test];
  const labels = parts.flatMap((part) => part.labels);
  const events = SpikeEvents.concat(parts.flatMap((part) => part.events));
  const fixed = validation && { validationSamples: validation.labels.length, isValidationFixed: true };
  const info = { name: files.name, shape: [UNITS], steps, testSamples: test.labels.length, ...fixed };
  return assemble(info, { kind: "events", events }, labels.length, { labels });
}

async function loadH5wasm(): Promise<H5wasm> {
  // Not written in the import: bundlers would warn that they don't find what need not be installed.
  const name = "h5wasm/node";
  try {
    const h5wasm = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as H5wasm;
    const module = await h5wasm.ready;
    // Errors of the library are thrown, not printed.
    module.activate_throwing_error_handler();
    return h5wasm;
  } catch (cause) {
    throw unusable(cause, "SHD is in HDF5, read by an npm package that is not installed: npm i h5wasm");
  }
}

interface Part {
  labels: number[];
  events: EventArrays[];
}

interface Binning {
  steps: number;
  stepLength: number;
}

async function readPart(
  h5wasm: H5wasm,
  path: string,
  binning: Binning,
  { signal, ...limit }: ReadLimit & { signal: AbortSignal | undefined },
): Promise<Part> {
  if (!existsSync(path)) throw new SpikeletError("DATA_FORMAT", path, "is missing");
  const bytes = await load(path);
  try {
    const part = new PartReader(h5wasm, path, bytes.length, checkHeaps(bytes), new ByteBudget(bytes.length, limit));
    try {
      const events: EventArrays[] = [];
      for (let start = 0; start < part.rows; ) {
        signal?.throwIfAborted();
        const chunk = part.read(start, binning);
        start += chunk.offsets.length - 1;
        events.push(chunk);
        // Signals of the system are heard in between.
        await setImmediate();
      }
      return { labels: part.labels, events };
    } finally {
      part.close();
    }
  } catch (thrown) {
    throw inFile(path, thrown);
  }
}

/** One of the files. Whatever is read of it is taken from its budget before. */
class PartReader {
  readonly labels: number[];
  readonly #h5wasm: H5wasm;
  readonly #path: string;
  readonly #budget: ByteBudget;
  readonly #rowsAtATime: number;
  readonly #file: File;
  readonly #times: Dataset;
  readonly #units: Dataset;

  constructor(h5wasm: H5wasm, path: string, fileBytes: number, longestList: number, budget: ByteBudget) {
    this.#h5wasm = h5wasm;
    this.#path = path;
    this.#budget = budget;
    this.#rowsAtATime = Math.min(CHUNK, Math.max(1, Math.floor(CHUNK_BYTES / Math.max(1, longestList))));
    this.#file = this.#alone(() => opened(h5wasm, path));
    const { labels, times, units } = this.#alone(() => this.#checked(fileBytes));
    this.labels = labels;
    this.#times = times;
    this.#units = units;
  }

  get rows(): number {
    return this.labels.length;
  }

  /** The next samples, as many as fit into memory at a time. */
  read(start: number, binning: Binning): EventArrays {
    const end = Math.min(start + this.#rowsAtATime, this.rows);
    const lists = (set: Dataset) => this.#alone(() => shortLists(this.#h5wasm, set, start, end));
    const times = lists(this.#times);
    for (const { length } of times) this.#budget.take(length * EVENT_BYTES, "spikes");
    return binned(times, lists(this.#units), start, binning);
  }

  close(): void {
    this.#file.close();
  }

  #checked(fileBytes: number): { labels: number[]; times: Dataset; units: Dataset } {
    const file = this.#file;
    try {
      const [set, times, units] = [entry(file, "labels"), entry(file, "spikes/times"), entry(file, "spikes/units")];
      const rows = checkedLength(set.metadata, "labels", this.#budget);
      for (const [name, lists] of Object.entries({ "spikes/times": times, "spikes/units": units })) {
        if (lists.shape?.[0] !== rows) throw new SpikeletError("DATA_FORMAT", name, `must have ${rows} entries`);
        checkedLength({ ...lists.metadata, size: LIST_BYTES }, name, this.#budget);
        checkElements(lists, name, name === "spikes/times" ? HALF_FLOAT : SHORT);
      }
      // A row that lies in the file takes some of its bytes, however it is packed; others are filled in by the library.
      if (rows > fileBytes) throw new SpikeletError("DATA_FORMAT", "labels", `claims ${rows} entries, more than the file holds`);
      return { labels: Array.from(set.value as ArrayLike<number>, Number), times, units };
    } catch (thrown) {
      file.close();
      throw thrown;
    }
  }

  #alone<T>(work: () => T): T {
    return readAlone(this.#h5wasm.FS as FileSystem, this.#path, this.#budget.maxBytes, work);
  }
}

function opened(h5wasm: H5wasm, path: string): File {
  try {
    return new h5wasm.File(path, "r");
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", "", "is not an HDF5 file", cause);
  }
}

function entry(file: File, name: string): Dataset {
  const found = file.get(name);
  if (found !== null && "metadata" in found) return found as Dataset;
  throw new SpikeletError("DATA_FORMAT", name, "is missing");
}

/** Elements of a list, by the number that HDF5 gives their class. */
interface Elements {
  kind: number;
  name: string;
}

const HALF_FLOAT: Elements = { kind: 1, name: "half floats" };
const SHORT: Elements = { kind: 0, name: "2-byte whole numbers" };

/** Refuses a data set of other elements: its bits would be read as these, whatever they are. */
function checkElements({ metadata }: Dataset, path: string, { kind, name }: Elements): void {
  const { vlen_type: found } = metadata as { vlen_type?: { type: number; size: number } };
  if (found?.size === 2 && found.type === kind) return;
  throw new SpikeletError("DATA_FORMAT", path, `must hold lists of ${name}`);
}

/**
 * Rows `start` to before `end` of a data set of lists of 2-byte elements. h5wasm refuses half floats, so that the lists are taken
 * from its memory: each row is a C struct of length and address, 32 bits each.
 */
function shortLists(h5wasm: H5wasm, set: Dataset, start: number, end: number): Uint16Array[] {
  const { Module } = h5wasm;
  const { size } = set.metadata;
  const count = [BigInt(end - start)];
  const address = Module._malloc(size * (end - start));
  try {
    Module.get_dataset_data(set.file_id, set.path, count, [BigInt(start)], [1n], BigInt(address));
    try {
      const structs = new Uint32Array(Module.HEAPU8.slice(address, address + size * (end - start)).buffer);
      return Array.from({ length: end - start }, (_, row) => {
        const [length = 0, place = 0] = structs.subarray(2 * row, 2 * row + 2);
        return new Uint16Array(Module.HEAPU8.slice(place, place + 2 * length).buffer);
      });
    } finally {
      Module.reclaim_vlen_memory_count(set.file_id, set.path, "", BigInt(address), count);
    }
  } finally {
    Module._free(address);
  }
}

function binned(times: Uint16Array[], units: Uint16Array[], first: number, { steps, stepLength }: Binning): EventArrays {
  const room = times.reduce((sum, list) => sum + list.length, 0);
  const events = { offsets: new Uint32Array(times.length + 1), times: new Uint16Array(room), units: new Uint32Array(room) };
  let count = 0;
  for (const [row, bits] of times.entries()) {
    const fired = units[row] ?? new Uint16Array(0);
    const path = (what: string, k: number) => `spikes/${what}[${first + row}][${k}]`;
    if (fired.length !== bits.length) {
      throw new SpikeletError(
        "DATA_FORMAT",
        `spikes/units[${first + row}]`,
        `must have ${bits.length} entries, has ${fired.length}`,
      );
    }
    for (const [k, time] of halvesToFloats(bits).entries()) {
      const unit = fired[k] ?? 0;
      if (unit >= UNITS) throw new SpikeletError("DATA_FORMAT", path("units", k), `must be below ${UNITS}, got ${unit}`);
      const step = stepOf(time, stepLength, path("times", k));
      if (step >= steps) continue;
      events.times[count] = step;
      events.units[count] = unit;
      count += 1;
    }
    events.offsets[row + 1] = count;
  }
  return { offsets: events.offsets, times: events.times.slice(0, count), units: events.units.slice(0, count) };
}
