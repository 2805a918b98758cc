import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fields } from "../../check/fields.js";
import { flag, text } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import { unreadable } from "../../io/files.node.js";
import { OpenFiles, type Piece } from "../../io/open-files.node.js";
import { canonical } from "../../json.js";
import { SpikeDataset } from "../dataset.js";
import type { HeldInputs, SampleStore } from "../samples.js";
import { emptyInputs, infoOf, MAGIC, MANIFEST, type Manifest, readManifest, type Shard, targetKind } from "./manifest.js";
import { type Contents, readRecords, type TargetKind } from "./record.js";
import { SUM_BYTES, sumOf } from "./sum.node.js";

/** Folder of the shards. */
export interface ShardsOptions {
  /** Folder made by `datasets.packShards`. */
  dir: string;
  /** `true` reads every file at once and compares its SHA-256; otherwise samples are compared as they are read. */
  verify?: boolean;
}

const shardsOptions = fields<ShardsOptions>({ dir: text, verify: flag }, "dir");

/**
 * Opens a data set in a folder of shards, whose samples are read when they are needed. It takes about 50 bytes of memory per
 * sample, plus the samples of the next batches.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a manifest or a file that is missing, truncated or damaged, `CHECKSUM_MISMATCH` if
 * `verify` finds changed content.
 */
export async function shards(options: ShardsOptions): Promise<SpikeDataset> {
  const { dir, verify = false } = shardsOptions(options, "");
  const path = join(dir, MANIFEST);
  const json = await readFile(path, "utf8").catch((cause) => {
    throw new SpikeletError("DATA_FORMAT", path, "can't be read: spikelet data pack makes a folder of shards", cause);
  });
  const manifest = readManifest(json, path);
  const files = new OpenFiles();
  const indices: ShardIndex[] = [];
  for (const shard of manifest.shards) {
    indices.push(await ShardIndex.open(join(dir, shard.file), shard, manifest.targets === "labels", files));
    if (verify) await verifyShard(dir, shard);
  }
  const store = new ShardStore(manifest, indices, files);
  const rows = new Uint32Array(manifest.samples).map((_, row) => row);
  const labels = manifest.targets === "labels" ? { labels: labelsOf(indices, manifest.samples) } : {};
  const data = new SpikeDataset(infoOf(manifest), { kind: "stored", store }, labels, rows);
  if (manifest.encoding === undefined) return data;
  try {
    return data.encode(manifest.encoding);
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) throw thrown;
    throw new SpikeletError("DATA_FORMAT", `${path}: ${thrown.path}`, thrown.reason, thrown);
  }
}

/** @throws {SpikeletError} `CHECKSUM_MISMATCH`, `DATA_FORMAT` where it can't be read. */
async function verifyShard(dir: string, { file, sha256 }: Shard): Promise<void> {
  const path = join(dir, file);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch((cause) => {
    throw unreadable(path, cause);
  });
  if (hash.digest("hex") === sha256) return;
  throw new SpikeletError("CHECKSUM_MISMATCH", path, `must have SHA-256 ${sha256}`);
}

/** Where the samples of a shard lie in its file. */
class ShardIndex {
  readonly file: string;
  /** Where each record starts, and the end of the last. */
  readonly offsets: Float64Array;
  readonly labels: Uint32Array | undefined;
  /** Checksums of the records, one after the other. */
  readonly sums: Buffer;

  private constructor(file: string, offsets: Float64Array, labels: Uint32Array | undefined, sums: Buffer) {
    this.file = file;
    this.offsets = offsets;
    this.labels = labels;
    this.sums = sums;
  }

  static async open(
    file: string,
    { samples, bytes, indexSha256 }: Shard,
    hasLabels: boolean,
    files: OpenFiles,
  ): Promise<ShardIndex> {
    const { size } = await stat(file).catch((cause) => {
      throw new SpikeletError("DATA_FORMAT", file, "is missing", cause);
    });
    if (size !== bytes) throw damaged(file, `must have ${bytes} bytes, has ${size}`);
    const perSample = Float64Array.BYTES_PER_ELEMENT + SUM_BYTES + (hasLabels ? Uint32Array.BYTES_PER_ELEMENT : 0);
    const end = bytes - samples * perSample - Float64Array.BYTES_PER_ELEMENT;
    // Before memory for an index is taken that the file does not have.
    if (end < MAGIC.length) throw damaged(file, `is too small for ${samples} samples`);
    const index = new Float64Array(samples + 1);
    const labels = hasLabels ? new Uint32Array(samples) : undefined;
    const magic = new Uint8Array(MAGIC.length);
    await files.read(file, magic, 0);
    if (!magic.every((byte, place) => byte === MAGIC[place])) throw damaged(file, "is no shard");
    await files.read(file, new Uint8Array(index.buffer), end);
    if (labels !== undefined) await files.read(file, new Uint8Array(labels.buffer), end + index.byteLength);
    const sums = Buffer.alloc(samples * SUM_BYTES);
    await files.read(file, sums, bytes - sums.length);
    const hash = createHash("sha256").update(index);
    if (labels !== undefined) hash.update(labels);
    if (hash.update(sums).digest("hex") !== indexSha256) throw changed(file, "its index is another than was packed");
    const isAfter = (place: number, k: number) => place % 4 === 0 && (k === 0 || place >= (index[k - 1] ?? 0));
    if (index[0] !== MAGIC.length || index[samples] !== end || !index.every(isAfter)) throw damaged(file, "has a damaged index");
    return new ShardIndex(file, index, labels, sums);
  }
}

function labelsOf(indices: readonly ShardIndex[], samples: number): Uint32Array {
  const all = new Uint32Array(samples);
  let start = 0;
  for (const { labels = new Uint32Array(0) } of indices) {
    all.set(labels, start);
    start += labels.length;
  }
  return all;
}

/** Memory for reading that is kept for the next time, at most. */
const KEPT_BYTES = 1 << 24;

class ShardStore implements SampleStore {
  readonly empty: HeldInputs;
  readonly bytesPerSample: number;
  readonly identity: string;
  readonly #targets: TargetKind;
  readonly #shards: readonly ShardIndex[];
  readonly #files: OpenFiles;
  /** Number of the first sample of each shard. */
  readonly #starts: Float64Array;
  /** Memory that no reading uses. */
  #spare = new Uint8Array(0);

  constructor(manifest: Manifest, indices: readonly ShardIndex[], files: OpenFiles) {
    this.empty = emptyInputs(manifest);
    this.#targets = targetKind(manifest);
    this.#shards = indices;
    this.#files = files;
    this.bytesPerSample = manifest.shards.reduce((sum, { bytes }) => sum + bytes, 0) / manifest.samples;
    this.#starts = new Float64Array(indices.length);
    let start = 0;
    for (const [k, { samples }] of manifest.shards.entries()) {
      this.#starts[k] = start;
      start += samples;
    }
    const { inputs, shape, channels = null, targets, targetWidth = null } = manifest;
    const hashes = manifest.shards.map(({ indexSha256 }) => indexSha256);
    const content = canonical({ inputs, shape: [...shape], channels, targets, targetWidth, hashes });
    this.identity = createHash("sha256").update(content).digest("hex");
  }

  async read(rows: Uint32Array): Promise<Contents> {
    const records = Array.from(rows, (row) => this.#find(row));
    const offsets = new Float64Array(records.length + 1);
    for (const [k, { start, end }] of records.entries()) offsets[k + 1] = (offsets[k] ?? 0) + end - start;
    const size = offsets.at(-1) ?? 0;
    const memory = this.#spare.length < size ? new Uint8Array(size) : this.#spare;
    this.#spare = new Uint8Array(0);
    const bytes = memory.subarray(0, size);
    const pieces: Piece[] = [];
    for (let k = 0; k < records.length; ) {
      const first = k;
      const record = records[first] as StoredRecord;
      let { end } = record;
      // Neighbours in the file are read together.
      for (k += 1; records[k]?.file === record.file && records[k]?.start === end; k++) end = records[k]?.end ?? end;
      pieces.push({ file: record.file, into: bytes.subarray(offsets[first], offsets[k]), position: record.start });
    }
    await this.#files.readAll(pieces);
    for (const [k, { file, index, sum }] of records.entries()) {
      if (sumOf(bytes.subarray(offsets[k], offsets[k + 1])).equals(sum)) continue;
      throw changed(file, `sample ${index} is another than was packed`);
    }
    // Arrays of their own, so that the memory is free again.
    const contents = readRecords({ bytes, offsets }, this.empty, this.#targets, (k) => {
      const { file, index } = records[k] as StoredRecord;
      throw damaged(file, `sample ${index} is damaged`);
    });
    if (memory.length <= KEPT_BYTES) this.#spare = memory;
    return contents;
  }

  #find(row: number): StoredRecord {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= row) low = middle;
      else high = middle;
    }
    const { file, offsets, sums } = this.#shards[low] as ShardIndex;
    const index = row - (this.#starts[low] ?? 0);
    const sum = sums.subarray(index * SUM_BYTES, (index + 1) * SUM_BYTES);
    return { file, index, start: offsets[index] ?? 0, end: offsets[index + 1] ?? 0, sum };
  }
}

/** Where a sample lies. */
interface StoredRecord {
  file: string;
  /** Number of the sample in the file. */
  index: number;
  start: number;
  end: number;
  sum: Buffer;
}

function changed(file: string, what: string): SpikeletError {
  return new SpikeletError("CHECKSUM_MISMATCH", file, what);
}

function damaged(file: string, what: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", file, what);
}
