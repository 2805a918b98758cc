import type { Config } from "../../generated/config.js";
import type { JsonObject } from "../../json.js";
import { recommend } from "../../recommend/recommend.js";
import type { Reason } from "../../recommend/recommendation.js";
import { wholeNumber } from "../arguments.js";
import type { ConfigArguments } from "../configuration.js";
import { type DataArguments, type DataSource, dataSource, loadSplit, parseDataSection } from "../data.js";
import { UsageError } from "../exit.js";
import type { Choices } from "../invocation.js";
import { say } from "../print.js";
import { readLimit } from "../read-limit.js";
import { signalsOf } from "../sets/own.js";
import { applySetting, partsOf } from "../setting.js";

/** A configuration that was chosen for the data of a command. */
export interface RecommendedConfig {
  config: Config;
  data: DataSource;
  reasons: readonly Reason[];
}

/** Whether a command names data and no configuration, which is then chosen by the data. */
export function isRecommended({ config, preset, dataset, data }: ConfigArguments & DataArguments): boolean {
  return config === undefined && preset === undefined && (dataset !== undefined || data !== undefined);
}

/**
 * Chooses a configuration by the training part of the data; the settings of the command come after it, but for those of the data.
 *
 * @throws {UsageError} where the command says how values become spikes.
 */
export async function recommendedConfig(
  args: ConfigArguments & DataArguments,
  settings: readonly string[],
  { backend, signal }: Choices,
): Promise<RecommendedConfig> {
  if (args.encode !== undefined) throw new UsageError("--encode needs a configuration, by --preset or --config");
  const isOfData = (setting: string) => partsOf(setting)[0].startsWith("data.");
  const section: JsonObject = {};
  for (const setting of settings.filter(isOfData)) applySetting(section, setting);
  const known = section["data"] === undefined ? {} : parseDataSection(section["data"], ".");
  const source = await asSignals(dataSource(args, known), args.dataset ?? known.dataset);
  const { train } = await loadSplit({ ...source, encoding: null }, { backend, signal, ...readLimit(args) });
  const { config, encoding, reasons } = await recommend(train.withoutEncoding());
  for (const setting of settings) if (!isOfData(setting)) applySetting(config as unknown as JsonObject, setting);
  if (args.seed !== undefined) applySetting(config as unknown as JsonObject, `training.seed=${wholeNumber(args.seed, "seed")}`);
  return { config, data: { ...source, encoding: encoding.type === "direct" ? null : encoding }, reasons };
}

/** The source, read as signals where nobody says what it is and its lines are points in time. */
async function asSignals(source: DataSource, named: string | undefined): Promise<DataSource> {
  const { dataset, dir, options } = source;
  if (named !== undefined || dataset !== "table" || dir === null) return source;
  const signals = await signalsOf(dir, options);
  if (signals === undefined) return source;
  say(`${dir} ${signals.why}`);
  return { ...source, dataset: "series", options: signals.options };
}

/** The text of a configuration file that trains the same network on the same data. */
export function configFile(config: Config, data: DataSource): string {
  return `${JSON.stringify({ data, ...config }, null, 2)}\n`;
}
