import { loadBackend } from "#host/runtime/load";
import { record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import type { BackendChoice } from "../runtime/backend.js";
import { SpikeEvents } from "../spikes.js";

/** How N-MNIST recordings become spikes (spec 3.3). */
export interface AerOptions {
  /** Steps of the simulation; 300 by default. */
  steps?: number;
  /** Milliseconds to read; reading stops at the first later event. 300 by default. */
  truncateMs?: number;
  /** Height and width of the sensor; 34 by default. */
  size?: number;
}

/**
 * Reads one recording: 5 bytes per event. The unit is `(polarity · size + x) · size + y`.
 *
 * @returns one sample.
 * @throws {SpikeletError} `DATA_FORMAT` with the byte offset for a truncated file or coordinates outside the sensor.
 */
export async function decodeAer(bytes: Uint8Array, options: AerOptions & { backend?: BackendChoice } = {}): Promise<SpikeEvents> {
  record(options, "options");
  const { backend: choice, ...rest } = options;
  const json = jsonOf(rest, "");
  const backend = await loadBackend(choice);
  return new SpikeEvents(await backend.decodeAer(bytes, json));
}
