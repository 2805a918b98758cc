import { loadBackend } from "#host/runtime/load";
import { jsonOf } from "../check/json.js";
import { SpikeletError } from "../errors.js";
import type { Generator } from "../generated/config.js";
import type { BackendChoice } from "../runtime/backend.js";
import { SpikeEvents } from "../spikes.js";
import { assemble } from "./create.js";
import type { DatasetInfo, SpikeDataset } from "./dataset.js";

/**
 * Draws a data set in the core, which alone knows the options and their defaults.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option.
 */
export async function generate(
  type: Generator["type"],
  options: object,
  info: DatasetInfo,
  backend?: BackendChoice,
): Promise<SpikeDataset> {
  const { type: other, ...own } = options as { type?: unknown };
  if (other !== undefined) throw new SpikeletError("CONFIG_INVALID", "type", "is no option");
  const core = await loadBackend(backend);
  const { values, events, labels, targets } = await core.generate(jsonOf({ type, ...own }, ""));
  const units = info.shape.reduce((product, size) => product * size, 1);
  const given = { ...(labels ? { labels } : {}), ...(targets ? { trains: new SpikeEvents(targets) } : {}) };
  if (values) return assemble(info, { kind: "values", values, units }, values.length / units, given);
  const spikes = events ? new SpikeEvents(events) : SpikeEvents.fromTrains([]);
  return assemble(info, { kind: "events", events: spikes }, spikes.length, given);
}
