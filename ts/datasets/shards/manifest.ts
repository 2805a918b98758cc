import { fields } from "../../check/fields.js";
import { flag, listOf, oneOf, positive, refuse, text, whole } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import type { Encoding } from "../../generated/config.js";
import { parseJson } from "../../json.js";
import { SpikeEvents } from "../../spikes.js";
import { classNames } from "../class-names.js";
import type { DatasetInfo } from "../dataset.js";
import { range } from "../ranges.js";
import type { HeldInputs } from "../samples.js";
import type { TargetKind } from "./record.js";

/** The file of a folder of shards that says what they are. */
export const MANIFEST = "shards.json";

/** The first bytes of a shard. */
export const MAGIC = new TextEncoder().encode("SPKSHARD");

const FORMAT = "spikelet-shards";
const VERSION = 2;

/** One file of samples. */
export interface Shard {
  /** Name of the file in the folder. */
  file: string;
  samples: number;
  bytes: number;
  /** SHA-256 of the whole file, in hexadecimal. */
  sha256: string;
  /** SHA-256 of what follows its samples: where they start, their labels and their checksums. It stands for all that the file holds. */
  indexSha256: string;
}

/** What stands in {@link MANIFEST}. */
export interface Manifest extends DatasetInfo {
  format: typeof FORMAT;
  version: number;
  /** All samples. */
  samples: number;
  /** What a sample is. */
  inputs: HeldInputs["kind"];
  /** Channels of signals. */
  channels?: number;
  targets: TargetKind["kind"];
  /** Numbers of a sample's target, where that is counts or a series. */
  targetWidth?: number;
  /** How values become spikes unless told otherwise. */
  encoding?: Encoding;
  shards: Shard[];
}

const count = whole();

const name = (value: unknown, path: string): string => {
  const given = text(value, path);
  return /^[\w-][\w.-]*$/.test(given) ? given : refuse("CONFIG_INVALID", path, "the name of a file in the folder", value);
};

const hash = (value: unknown, path: string): string => {
  const given = text(value, path);
  return /^[0-9a-f]{64}$/.test(given) ? given : refuse("CONFIG_INVALID", path, "64 hex digits", value);
};

const shard = fields<Shard>(
  { file: name, samples: whole(1), bytes: whole(0, Number.MAX_SAFE_INTEGER), sha256: hash, indexSha256: hash },
  "file",
  "samples",
  "bytes",
  "sha256",
  "indexSha256",
);

const manifest = fields<Manifest>(
  {
    format: oneOf(FORMAT),
    version: whole(VERSION, VERSION),
    name: text,
    shape: listOf(whole(1)),
    steps: count,
    sampleRate: positive,
    unit: text,
    classes: classNames,
    ranges: listOf(range),
    testSamples: count,
    validationSamples: count,
    isValidationFixed: flag,
    samples: whole(1),
    inputs: oneOf("pixels", "values", "series", "events"),
    channels: whole(1),
    targets: oneOf("none", "labels", "counts", "series", "trains"),
    targetWidth: whole(1),
    // Its fields are checked by the core, which owns them.
    encoding: (value) => value as Encoding,
    shards: listOf(shard),
  },
  "format",
  "version",
  "name",
  "shape",
  "samples",
  "inputs",
  "targets",
  "shards",
);

/** The text of a manifest. */
export function writeManifest(of: Omit<Manifest, "format" | "version">): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...of }, null, 2)}\n`;
}

/**
 * Reads a manifest.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and field for one that is damaged, of another version or contradicts itself.
 */
export function readManifest(json: string, file: string): Manifest {
  try {
    const found = manifest(parseJson(json, ""), "manifest");
    const { shards, samples, testSamples = 0, targets, targetWidth, inputs, channels } = found;
    const sum = shards.reduce((all, { samples }) => all + samples, 0);
    if (sum !== samples) throw wrong("samples", `must be ${sum}, those of all shards, got ${samples}`);
    if (testSamples > samples) throw wrong("testSamples", `must be at most ${samples}, got ${testSamples}`);
    const { isValidationFixed = false, validationSamples } = found;
    if (isValidationFixed) {
      if (validationSamples === undefined) throw wrong("validationSamples", "is missing");
      const most = samples - testSamples;
      if (validationSamples > most) throw wrong("validationSamples", `must be at most ${most}, got ${validationSamples}`);
    }
    if ((targets === "counts" || targets === "series") && targetWidth === undefined) throw wrong("targetWidth", "is missing");
    if (inputs === "series" && channels === undefined) throw wrong("channels", "is missing");
    const names = new Set(shards.map(({ file }) => file));
    if (names.size < shards.length) throw wrong("shards", "name a file twice");
    return found;
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError)) throw thrown;
    const path = thrown.path.replace(/^manifest\.?/, "");
    throw new SpikeletError("DATA_FORMAT", path === "" ? file : `${file}: ${path}`, thrown.reason, thrown);
  }
}

function wrong(path: string, message: string): SpikeletError {
  return new SpikeletError("DATA_FORMAT", path, message);
}

/** What a sample of a manifest is, as the inputs of none. */
export function emptyInputs({ inputs, shape, channels = 1 }: Pick<Manifest, "inputs" | "shape" | "channels">): HeldInputs {
  const units = shape.reduce((product, size) => product * size, 1);
  switch (inputs) {
    case "pixels":
      return { kind: "pixels", pixels: new Uint8Array(0), units };
    case "values":
      return { kind: "values", values: new Float32Array(0), units };
    case "series":
      return { kind: "series", values: new Float32Array(0), offsets: new Uint32Array(1), channels };
    case "events":
      return { kind: "events", events: SpikeEvents.fromTrains([]) };
  }
}

/** What the targets of a manifest are. */
export function targetKind({ targets, targetWidth = 1 }: Pick<Manifest, "targets" | "targetWidth">): TargetKind {
  return targets === "counts" || targets === "series" ? { kind: targets, width: targetWidth } : { kind: targets };
}

/** What a data set of these shards knows about itself. */
export function infoOf(manifest: Manifest): DatasetInfo {
  const { name, shape, steps, sampleRate, unit, testSamples, validationSamples, isValidationFixed } = manifest;
  const known = { steps, sampleRate, unit, testSamples, validationSamples, isValidationFixed };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { name, shape, ...given };
}
