import { record } from "../check/fields.js";
import type { YinYang } from "../generated/config.js";
import type { BackendChoice } from "../runtime/backend.js";
import type { SpikeDataset } from "./dataset.js";
import { generate } from "./generate.js";

/**
 * Points of the Yin-Yang figure with three classes (Kriener, Göltz, Petrovici 2022), as values `x, y, 1 − x, 1 − y` and a
 * bias of 1: 5,000 for training, 1,000 for validation, 1,000 for the test unless `samples` says otherwise. Encode them with
 * `encode.latency({ first, last, skipZero: false })`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the option.
 */
export async function yinYang(options: YinYang & { backend?: BackendChoice } = {}): Promise<SpikeDataset> {
  record(options, "options");
  const { backend, ...rest } = options;
  const { samples = 7000 } = rest;
  const part = Number.isInteger(samples) ? Math.floor(samples / 7) : 0;
  const shape = [rest.bias === false ? 4 : 5];
  return generate("yinYang", rest, { name: "yinYang", shape, testSamples: part, validationSamples: part }, backend);
}
