import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "../check/fields.js";
import { steps } from "../check/steps.js";
import { callback, positive, text, whole } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { DEFAULTS } from "../generated/defaults.js";
import { load, unreadable } from "../io/files.node.js";
import type { BackendChoice } from "../runtime/backend.js";
import { loadBackend } from "../runtime/load.node.js";
import { abortSignal, backendChoice } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import type { AerOptions } from "./aer.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";

/** Where the recordings lie and how they become spikes. */
export interface NmnistOptions extends AerOptions {
  /** Folder with `Train/0` … `Train/9` and `Test/0` … `Test/9`, full of `.bin` files. */
  dir: string;
  /** Maximum number of recordings in each part, the classes in turn; all by default. */
  limit?: { train?: number; test?: number };
  /** Called with the progress after every few hundred recordings. */
  onProgress?: (progress: { done: number; all: number }) => void;
  signal?: AbortSignal;
  backend?: BackendChoice;
}

const nmnistOptions = fields<NmnistOptions>(
  {
    dir: text,
    limit: fields<{ train?: number; test?: number }>({ train: whole(), test: whole() }),
    onProgress: callback,
    signal: abortSignal,
    backend: backendChoice,
    steps,
    truncateMs: positive,
    size: whole(1),
  },
  "dir",
);

const CLASSES = 10;
/** Recordings in memory at a time beside the spikes. */
const CHUNK = 256;
const BYTES_PER_EVENT = 5;

interface Recording {
  file: string;
  label: number;
}

/**
 * N-MNIST (Orchard et al. 2015): recordings of an event camera, units `[polarity][x][y]` of 2 × 34 × 34 (spec 3.3). `split` keeps
 * the `Test` folder as the test part and takes a sixth of `Train` for validation. Recording k of all classes comes before
 * recording k + 1 of any.
 *
 * All 70,000 recordings take 6 bytes per event, about 1.8 GB, and as much again for the copy that a network holds.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing folder, a truncated recording or coordinates
 * outside the sensor; an abort throws the signal's reason.
 */
export async function nmnist(options: NmnistOptions): Promise<SpikeDataset> {
  const { dir, limit = {}, onProgress, signal, backend, ...aer } = nmnistOptions(options, "");
  const train = await recordings(dir, "Train", limit.train);
  const test = await recordings(dir, "Test", limit.test);
  const all = [...train, ...test];
  const core = await loadBackend(backend);
  const spikes = new Room(all.length, await maxEvents(all));
  for (let start = 0; start < all.length; start += CHUNK) {
    signal?.throwIfAborted();
    const chunk = all.slice(start, start + CHUNK);
    const contents = await Promise.all(chunk.map(({ file }) => load(file)));
    const ends = new Uint32Array(contents.length);
    let end = 0;
    for (const [k, { length }] of contents.entries()) {
      end += length;
      ends[k] = end;
    }
    try {
      spikes.add(await core.decodeAer(Buffer.concat(contents), JSON.stringify(aer), ends));
    } catch (thrown) {
      throw ofRecording(chunk, thrown);
    }
    onProgress?.({ done: start + chunk.length, all: all.length });
  }
  const used = { ...DEFAULTS.aer, ...aer };
  const events = spikes.filled();
  const info = {
    name: "nmnist",
    shape: [2, used.size, used.size],
    steps: used.steps,
    testSamples: test.length,
    validationSamples: Math.floor(train.length / 6),
  };
  const labels = Uint32Array.from(all, ({ label }) => label);
  return assemble(info, { kind: "events", events }, all.length, { labels });
}

/** The files of a part: the first of every class, then the second of every class, and so on. */
async function recordings(dir: string, part: string, limit = Number.POSITIVE_INFINITY): Promise<Recording[]> {
  const folder = await folderOf(dir, part);
  const classes: string[][] = [];
  for (let label = 0; label < CLASSES; label++) {
    const files = await list(join(folder, String(label)));
    classes.push(files.filter((file) => file.endsWith(".bin")).sort());
  }
  const found: Recording[] = [];
  const longest = classes.reduce((max, files) => Math.max(max, files.length), 0);
  for (let k = 0; k < longest; k++) {
    for (const [label, files] of classes.entries()) {
      const file = files[k];
      if (file !== undefined && found.length < limit) found.push({ file: join(folder, String(label), file), label });
    }
  }
  if (longest === 0) throw new SpikeletError("DATA_FORMAT", folder, "holds no .bin files in the folders 0 to 9");
  return found;
}

async function folderOf(dir: string, part: string): Promise<string> {
  const name = (await list(dir)).find((entry) => entry.toLowerCase() === part.toLowerCase());
  if (name !== undefined) return join(dir, name);
  throw new SpikeletError("DATA_FORMAT", dir, "must contain Train and Test, each with the folders 0 to 9 of .bin files");
}

async function list(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", dir, "is not a folder that can be read", cause);
  }
}

/** Events that the files can hold. */
async function maxEvents(files: readonly Recording[]): Promise<number> {
  let bytes = 0;
  for (let start = 0; start < files.length; start += CHUNK) {
    const sizes = await Promise.all(files.slice(start, start + CHUNK).map(({ file }) => sizeOf(file)));
    bytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  return Math.floor(bytes / BYTES_PER_EVENT);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function ofRecording(chunk: readonly Recording[], thrown: unknown): unknown {
  const index = thrown instanceof SpikeletError ? /^recordings\[(\d+)\]$/.exec(thrown.path)?.[1] : undefined;
  const file = chunk[Number(index)]?.file;
  if (!(thrown instanceof SpikeletError) || file === undefined) return thrown;
  return inFile(file, new SpikeletError(thrown.code, "", thrown.reason, thrown));
}

/** Room for all events from the start, so that nothing is moved while it fills. */
class Room {
  readonly #offsets: Uint32Array;
  readonly #times: Uint16Array;
  readonly #units: Uint32Array;
  #samples = 0;
  #events = 0;

  constructor(samples: number, events: number) {
    this.#offsets = new Uint32Array(samples + 1);
    this.#times = new Uint16Array(events);
    this.#units = new Uint32Array(events);
  }

  add({ offsets, times, units }: SpikeEvents | ConstructorParameters<typeof SpikeEvents>[0]): void {
    this.#times.set(times, this.#events);
    this.#units.set(units, this.#events);
    for (const end of offsets.subarray(1)) this.#offsets[++this.#samples] = this.#events + end;
    this.#events += times.length;
  }

  filled(): SpikeEvents {
    return new SpikeEvents({
      offsets: this.#offsets,
      times: this.#times.subarray(0, this.#events),
      units: this.#units.subarray(0, this.#events),
    });
  }
}
