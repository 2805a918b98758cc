import type { Config } from "../../generated/config.js";
import type { JsonObject } from "../../json.js";
import { type DataSource, dataSource, parseDataSection } from "../data.js";

/** What trains, and on which data. */
export interface Task {
  config: Config;
  source: DataSource;
}

/** Parts a configuration into what the core gets and what says where the samples come from. */
export function taskOf(whole: JsonObject, dir: string | undefined, threads: number | "auto"): Task {
  const { data = {}, training = {}, ...rest } = whole;
  const config = { ...rest, training: { ...(training as JsonObject), threads } } as unknown as Config;
  return { config, source: dataSource({ data: dir }, parseDataSection(data, ".")) };
}
