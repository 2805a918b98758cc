import { DEFAULTS } from "../../../generated/defaults.js";
import type { Json } from "../../../json.js";
import type { Parameters } from "../../command.js";
import { type DataSource, dataSource, parseDataSection } from "../../data.js";
import { UsageError } from "../../exit.js";
import { dataOptions, readOptions } from "../../options.js";
import { isSetName, type SetName, takesPlace } from "../../sets.js";
import { applySetting } from "../../setting.js";

/** The options that say which data set, where its name comes first. */
export const sourceOptions = {
  name: { type: "positional", required: false, description: "which data set; digits by default", valueHint: "NAME" },
  steps: {
    type: "string",
    description: `steps of the simulation; ${DEFAULTS.network.steps} by default, or as the data set says`,
    valueHint: "N",
  },
  dir: {
    type: "string",
    description: "folder of the data set; by default where spikelet data fetch stores it",
    valueHint: "DIR",
  },
  encode: dataOptions.encode,
  ...readOptions,
  set: {
    type: "string",
    isMany: true,
    description: "set an option of the data set, may be repeated: options.seed=5",
    valueHint: "PATH=VALUE",
  },
} as const satisfies Parameters;

interface SourceArguments {
  name?: string | undefined;
  dir?: string | undefined;
  encode?: string | undefined;
}

/** The data set that the options name. */
export function namedSource(args: SourceArguments, settings: readonly string[]): DataSource {
  const section: { [key: string]: Json } = {};
  for (const setting of settings) applySetting(section, setting);
  const { name = "digits", dir, encode } = args;
  if ("dataset" in section) throw new UsageError("--set dataset has no effect: give the name of the data set instead");
  if (dir !== undefined && isSetName(name) && !takesPlace(name)) {
    throw new UsageError(`${name} reads no folder: leave --dir ${dir} out`);
  }
  return dataSource({ dataset: name, data: dir, encode }, { ...parseDataSection(section, "."), dataset: name as SetName });
}
