import type { Config } from "./generated/config.js";
import { presets as given, type PresetName } from "./generated/presets.js";

/**
 * Configurations to start from: `{ ...presets.toy, network: { ...presets.toy.network, input: 3 } }`. They can't be changed;
 * `structuredClone(presets.toy)` can.
 */
export const presets: Readonly<Record<PresetName, Config>> = frozen(given);

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) frozen(part);
  return Object.freeze(value);
}
