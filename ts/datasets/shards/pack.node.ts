import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "../../check/fields.js";
import { callback, text, whole } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import { makeFolder, save, writtenInto } from "../../io/files.node.js";
import { canonical } from "../../json.js";
import { abortSignal } from "../../runtime/options.js";
import { type SpikeDataset, samplesOf } from "../dataset.js";
import { MAGIC, MANIFEST, type Manifest, type Shard, writeManifest } from "./manifest.js";
import { targetKindOf, writeRecords } from "./record.js";
import { sumOf } from "./sum.node.js";

/** Samples per file unless told otherwise. */
export const SAMPLES_PER_SHARD = 4096;

/** Options of {@link packShards}. */
export interface PackOptions {
  /** Folder to create; it must not contain shards yet. */
  dir: string;
  /** Samples per file; 4096 by default. */
  samplesPerShard?: number;
  /** Number of samples at the end that are reserved for the test; by default as in `data`. */
  testSamples?: number;
  /** Called with the number of samples written so far. */
  onProgress?: (samples: number) => void;
  signal?: AbortSignal;
}

/** Result of {@link packShards}. */
export interface PackReport {
  samples: number;
  shards: number;
  /** Bytes of all files but the manifest. */
  bytes: number;
}

const packOptions = fields<PackOptions>(
  {
    dir: text,
    samplesPerShard: whole(1),
    testSamples: whole(),
    onProgress: (value, path) => callback(value, path) as (samples: number) => void,
    signal: abortSignal,
  },
  "dir",
);

/** Samples that are turned into bytes at a time. */
const CHUNK = 256;

/**
 * Writes a data set as a folder of shards, which `datasets.shards` reads while a network trains.
 *
 * @param data a data set, or the parts, one after the other, of one that does not fit into memory; all of the same kind and
 * shape.
 * @throws {SpikeletError} `WRITE_FAILED` if the folder already contains shards or is not writable, `SHAPE_MISMATCH` for parts
 * that differ or if there are no samples, `DATA_FORMAT` for events with values, `CONFIG_INVALID` for more `testSamples` than there
 * are samples. An abort throws the
 * reason of the signal. After any failure the files written so far are removed.
 */
export async function packShards(
  data: SpikeDataset | Iterable<SpikeDataset> | AsyncIterable<SpikeDataset>,
  options: PackOptions,
): Promise<PackReport> {
  const { dir, samplesPerShard = SAMPLES_PER_SHARD, testSamples, onProgress, signal } = packOptions(options, "");
  if (existsSync(join(dir, MANIFEST))) throw new SpikeletError("WRITE_FAILED", dir, "holds shards already");
  const pack = new Pack(dir, samplesPerShard);
  try {
    for await (const part of partsOf(data)) {
      pack.enter(samplesOf(part, "data"));
      for (let start = 0; start < part.length; start += CHUNK) {
        signal?.throwIfAborted();
        const chunk = await part.slice(start, start + CHUNK).load();
        await writtenInto(dir, pack.add(chunk));
        onProgress?.(pack.samples);
      }
    }
    return await writtenInto(dir, pack.end(testSamples));
  } catch (thrown) {
    await pack.abandon();
    throw thrown;
  }
}

async function* partsOf(data: SpikeDataset | Iterable<SpikeDataset> | AsyncIterable<SpikeDataset>): AsyncGenerator<SpikeDataset> {
  const isOfParts = typeof data === "object" && data !== null && !ArrayBuffer.isView(data);
  if (isOfParts && (Symbol.iterator in data || Symbol.asyncIterator in data)) yield* data;
  else yield samplesOf(data, "data");
}

/** What all samples have in common. */
type Kind = Omit<Manifest, "format" | "version" | "samples" | "shards">;

class Pack {
  samples = 0;
  #parts = 0;
  readonly #dir: string;
  readonly #samplesPerShard: number;
  readonly #shards: Shard[] = [];
  #info: Pick<Kind, "name" | "shape" | "encoding"> = { name: "", shape: [] };
  #kind: Kind | undefined;
  #file: ShardFile | undefined;

  constructor(dir: string, samplesPerShard: number) {
    this.#dir = dir;
    this.#samplesPerShard = samplesPerShard;
  }

  /** Says of which data set the next samples are. */
  enter({ info, encoding }: SpikeDataset): void {
    this.#parts += 1;
    this.#info = { ...info, ...(encoding && { encoding }) };
  }

  /** Adds samples in memory. */
  async add(chunk: SpikeDataset): Promise<void> {
    const kind = kindOf(chunk, this.#info);
    this.#kind ??= kind;
    const [first, own] = [this.#kind, kind].map(described);
    if (own !== first) throw new SpikeletError("SHAPE_MISMATCH", "data", `all parts must be alike: ${first}, got ${own}`);
    for (let start = 0; start < chunk.length; ) {
      this.#file ??= await ShardFile.create(this.#dir, this.#shards.length);
      const room = this.#samplesPerShard - this.#file.samples;
      const piece = chunk.slice(start, start + room);
      await this.#file.add(piece);
      start += piece.length;
      this.samples += piece.length;
      if (piece.length === room) await this.#endShard();
    }
  }

  async end(testSamples: number | undefined): Promise<PackReport> {
    await this.#endShard();
    const kind = this.#kind;
    if (kind === undefined) throw new SpikeletError("SHAPE_MISMATCH", "data", "must have samples, has none");
    const { samples } = this;
    const { testSamples: _, validationSamples: __, isValidationFixed: ___, ...common } = kind;
    const alone = this.#parts > 1 || testSamples !== undefined ? common : kind;
    if ((testSamples ?? 0) > samples) {
      throw new SpikeletError("CONFIG_INVALID", "testSamples", `must be at most ${samples}, got ${testSamples}`);
    }
    const parts = testSamples === undefined ? {} : { testSamples };
    const text = writeManifest({ ...alone, ...parts, samples, shards: this.#shards });
    await save(join(this.#dir, MANIFEST), text);
    return { samples, shards: this.#shards.length, bytes: this.#shards.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Takes away what it has written. */
  async abandon(): Promise<void> {
    await this.#file?.abandon();
    for (const { file } of this.#shards) await rm(join(this.#dir, file), { force: true }).catch(() => undefined);
  }

  async #endShard(): Promise<void> {
    if (this.#file !== undefined) this.#shards.push(await this.#file.end());
    this.#file = undefined;
  }
}

/** What must be the same of all parts. */
function described({ name: _, testSamples: __, validationSamples: ___, isValidationFixed: ____, ...kind }: Kind): string {
  return canonical(JSON.parse(JSON.stringify(kind)));
}

function kindOf(chunk: SpikeDataset, info: Pick<Kind, "name" | "shape" | "encoding">): Kind {
  const { inputs, targets } = chunk.slice(0, 1).contents();
  const kind = targetKindOf(targets, 1);
  return {
    ...info,
    inputs: inputs.kind,
    ...(inputs.kind === "series" ? { channels: inputs.channels } : {}),
    targets: kind.kind,
    ...("width" in kind ? { targetWidth: kind.width } : {}),
  };
}

/**
 * One shard on its way to the disk: the records, then their starts as float64, the labels as uint32 and their checksums. The manifest, which comes
 * last, is what makes it part of a data set.
 */
class ShardFile {
  samples = 0;
  readonly #name: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  readonly #offsets: number[] = [MAGIC.length];
  readonly #labels: number[] = [];
  readonly #sums: Buffer[] = [];
  #bytes = 0;

  private constructor(name: string, path: string, handle: FileHandle) {
    this.#name = name;
    this.#path = path;
    this.#handle = handle;
  }

  static async create(dir: string, index: number): Promise<ShardFile> {
    const name = `shard-${String(index).padStart(5, "0")}.spk`;
    const path = join(dir, name);
    await makeFolder(dir);
    const file = new ShardFile(name, path, await ShardFile.#open(path));
    await file.#write(MAGIC).catch(async (thrown) => {
      await file.abandon();
      throw thrown;
    });
    return file;
  }

  /** Opens a file that must not be there: two that pack into one folder would mix their samples. */
  static async #open(path: string): Promise<FileHandle> {
    try {
      return await open(path, "wx");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      const what = "is there already: another process packs into this folder, or was ended while it did: give another one";
      throw new SpikeletError("WRITE_FAILED", path, what, cause);
    }
  }

  async add(samples: SpikeDataset): Promise<void> {
    const contents = samples.contents();
    if (contents.inputs.kind === "events" && contents.inputs.events.values !== undefined) {
      throw new SpikeletError(
        "DATA_FORMAT",
        "data",
        "the events have values, which shards don't hold: pack images and encode them",
      );
    }
    const { bytes, offsets } = writeRecords(contents, samples.length);
    const start = this.#bytes;
    await this.#write(bytes);
    for (const [k, end] of offsets.subarray(1).entries()) {
      this.#offsets.push(start + end);
      this.#sums.push(sumOf(bytes.subarray(offsets[k], end)));
    }
    for (const label of samples.labels ?? []) this.#labels.push(label);
    this.samples += samples.length;
  }

  async end(): Promise<Shard> {
    const parts = [Float64Array.from(this.#offsets), Uint32Array.from(this.#labels), Buffer.concat(this.#sums)];
    const index = createHash("sha256");
    for (const part of parts) {
      index.update(part);
      await this.#write(part);
    }
    await this.#handle.sync();
    await this.#handle.close();
    return {
      file: this.#name,
      samples: this.samples,
      bytes: this.#bytes,
      sha256: this.#hash.digest("hex"),
      indexSha256: index.digest("hex"),
    };
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #write({ buffer, byteOffset, byteLength }: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#hash.update(bytes);
    for (let done = 0; done < byteLength; ) {
      done += (await this.#handle.write(bytes, done, byteLength - done)).bytesWritten;
    }
    this.#bytes += byteLength;
  }
}
