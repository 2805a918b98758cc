import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { closest, didYouMean } from "../closest.js";
import { SpikeletError } from "../errors.js";
import type { Config } from "../generated/config.js";
import type { PresetName } from "../generated/presets.js";
import { isObject, type JsonObject, parseJson } from "../json.js";
import { presets } from "../presets.js";
import { wholeNumber } from "./arguments.js";
import { type DataSource, parseDataSection } from "./data.js";
import { UsageError } from "./exit.js";
import { applySetting } from "./setting.js";

const PRESET_NAMES = Object.keys(presets);

/** The options of a command that say what to train. */
export interface ConfigArguments {
  config?: string | undefined;
  preset?: string | undefined;
  seed?: string | undefined;
}

/** A configuration as written by the user; the core checks it and fills in the defaults. */
export interface NamedConfig {
  /** Name of the preset or the file, for the output folder. */
  name: string;
  config: Config;
  /** Section `data` of the file, which the core does not get. */
  data: Partial<DataSource>;
}

/** Reads file or preset and applies the options on top. */
export async function readConfiguration(args: ConfigArguments, settings: readonly string[]): Promise<NamedConfig> {
  if (args.config !== undefined && args.preset !== undefined) throw new UsageError("give --config or --preset, not both");
  const { name, config, file } = await (args.config === undefined
    ? readPreset(args.preset ?? "digits")
    : readNamedFile(args.config));
  for (const setting of settings) applySetting(config, setting);
  if (args.seed !== undefined) applySetting(config, `training.seed=${wholeNumber(args.seed, "seed")}`);
  const data =
    config["data"] === undefined ? {} : parseDataSection(config["data"], args.config === undefined ? "." : dirname(file));
  delete config["data"];
  return { name, config: config as unknown as Config, data };
}

/** A configuration as it was written, and where. */
interface Written {
  /** Name of the preset, or of the file without its ending. */
  name: string;
  config: JsonObject;
  /** Empty for a preset. */
  file: string;
}

/**
 * The object in a configuration file.
 *
 * @throws {SpikeletError} `CONFIG_INVALID`.
 */
export async function readConfigFile(file: string): Promise<Written> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeletError("CONFIG_INVALID", file, cause.code === "ENOENT" ? "there is no such file" : cause.message, cause);
  });
  return { name: basename(file, ".json"), config: parseConfig(text, file), file };
}

/**
 * Reads the file of `--config`.
 *
 * @throws {UsageError} where the file can't be read, with the most likely preset.
 */
async function readNamedFile(file: string): Promise<Written> {
  try {
    return await readConfigFile(file);
  } catch (thrown) {
    if (!(thrown instanceof SpikeletError && thrown.cause instanceof Error && "errno" in thrown.cause)) throw thrown;
    const near = closest(basename(file, ".json"), PRESET_NAMES);
    const hint = near === undefined ? `presets: ${PRESET_NAMES.join(", ")}` : `did you mean --preset ${near}?`;
    throw new UsageError(`--config ${thrown.message}; ${hint}`);
  }
}

/**
 * The configuration of a preset.
 *
 * @throws {UsageError} for an unknown name.
 */
export function readPreset(name: string): Written {
  if (!isPreset(name)) throw new UsageError(`unknown preset "${name}": ${didYouMean(name, PRESET_NAMES)}`);
  const config = structuredClone(name === "toy" ? toyOnYinYang(presets[name]) : presets[name]);
  return { name, config: config as unknown as JsonObject, file: "" };
}

/** The preset `toy` has the size of XOR; here it learns points of the Yin-Yang figure, unless other data are named. */
function toyOnYinYang({ network, ...toy }: Config): Config & { data: Partial<DataSource> } {
  const layers = [...network.layers.slice(0, -1), { type: "dense" as const, units: 3 }];
  const encoding = { type: "shiftBack" as const, max: 10, min: 1 };
  return { ...toy, network: { ...network, input: 5, layers }, data: { dataset: "yinYang", options: { samples: 700 }, encoding } };
}

/** `"auto"` or a number of threads. */
export function threads(text: string): "auto" | number {
  return text === "auto" ? text : wholeNumber(text, "threads", 1);
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

function parseConfig(text: string, file: string): JsonObject {
  const parsed = parseJson(text, file);
  // For editors, which complete the file by it; not a part of the configuration.
  if (isObject(parsed)) {
    delete parsed["$schema"];
    return parsed;
  }
  throw new SpikeletError("CONFIG_INVALID", file, "must hold a JSON object");
}
