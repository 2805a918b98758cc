import { loadBackend } from "#host/runtime/load";
import { record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import { SpikeletError } from "../errors.js";
import type { SaccadeCamera } from "../generated/config.js";
import { DEFAULTS } from "../generated/defaults.js";
import type { BackendChoice } from "../runtime/backend.js";
import { abortSignal } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import { type SpikeDataset, samplesOf } from "./dataset.js";

/** Images a call, long against the overhead of a call and short against an abort's patience. */
const CHUNK = 64;

/**
 * Events of a *simulated* event camera that looks at images while it makes three saccades, laid out like N-MNIST:
 * `[polarity][x][y]`, by default 34 × 34. Useful where no recordings are available; not a replacement for them.
 *
 * @param images a data set of images `[height, width]`; its labels and its test part are kept.
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option, `DATA_FORMAT` for spikes and for values outside 0..1,
 * `SHAPE_MISMATCH` for images that do not fit on the sensor; an abort throws the signal's reason.
 */
export async function simulatedEvents(
  images: SpikeDataset,
  options: SaccadeCamera & { backend?: BackendChoice; signal?: AbortSignal } = {},
): Promise<SpikeDataset> {
  const scene = await samplesOf(images, "images").load();
  record(options, "options");
  const { backend, signal, ...camera } = options;
  if (signal !== undefined) abortSignal(signal, "signal");
  const json = jsonOf(camera, "");
  const { name, shape, ...parts } = scene.info;
  const [height, width, ...others] = shape;
  if (height === undefined || width === undefined || others.length > 0) {
    throw new SpikeletError("SHAPE_MISMATCH", "images", `must be of [height, width], are of [${shape.join(", ")}]`);
  }
  const core = await loadBackend(backend);
  const chunks = [];
  for (let start = 0; start < scene.length; start += CHUNK) {
    signal?.throwIfAborted();
    const pixels = scene.pixels(start, start + CHUNK);
    chunks.push(await core.simulateEvents(pixels, height, width, json));
  }
  const { size = DEFAULTS.saccadeCamera.size, steps = DEFAULTS.saccadeCamera.steps } = camera;
  const info = { ...parts, name: `${name}, simulated events`, shape: [2, size, size], steps };
  return scene.withEvents(info, SpikeEvents.concat(chunks));
}
