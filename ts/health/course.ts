import { bestAccuracy } from "../decisions.js";
import type { EpochRecord } from "../generated/config.js";
import { LIMITS } from "./limits.js";
import { figure, nameOf } from "./spikes.js";
import type { Sign } from "./warning.js";

/** Signs in the course of a training: how its last epoch compares with those before. */
export function signsOfCourse(epochs: readonly EpochRecord[], parameters: number, layers: number): Sign[] {
  const now = epochs.at(-1);
  if (now === undefined) return [];
  const past = epochs.slice(0, -1);
  const gradient = signOfGradient(now, past, parameters);
  const loss = gradient?.code === "VANISHING_GRADIENT" ? undefined : signOfLoss(now, past);
  return [...signsOfVanishingSpikes(now, past, layers), ...(gradient ? [gradient] : []), ...(loss ? [loss] : [])];
}

/** Layers that spiked far more in an epoch whose loss was no higher; fewer spikes at a lower loss are welcome. */
function signsOfVanishingSpikes(now: EpochRecord, past: readonly EpochRecord[], layers: number): Sign[] {
  const signs: Sign[] = [];
  for (const [layer, spikes] of now.train.spikes.perUnit.entries()) {
    const spikesIn = ({ train }: EpochRecord): number => train.spikes.perUnit[layer] ?? 0;
    const max = largest(past, spikesIn);
    if (max === undefined || now.train.loss < max.train.loss) continue;
    if (spikes >= LIMITS.vanishingSpikes * spikesIn(max)) continue;
    const message = `the spikes of ${nameOf(layer, layers)} vanish: ${figure(spikes)} a unit and sample, ${figure(spikesIn(max))} in epoch ${max.epoch}`;
    signs.push({ code: "VANISHING_SPIKES", layer, message });
  }
  return signs;
}

function signOfGradient(now: EpochRecord, past: readonly EpochRecord[], parameters: number): Sign | undefined {
  const norm = now.train.gradientNorm;
  if (norm === undefined) return undefined;
  const size = norm / Math.sqrt(parameters);
  // Without any spike that is what there is to say.
  if (size < LIMITS.vanishingGradient && now.train.spikes.perSample > 0 && !isLearnt(now)) {
    const what = norm === 0 ? "the gradient is 0" : `the gradient vanishes: its norm is ${figure(norm)}`;
    return { code: "VANISHING_GRADIENT", layer: null, message: `${what}, so nothing is learnt` };
  }
  const normIn = ({ train }: EpochRecord): number => train.gradientNorm ?? 0;
  const min = largest(past, (record) => -normIn(record));
  const isHuge = size >= LIMITS.explodingGradient;
  const hasGrown =
    min !== undefined && normIn(min) > 0 && norm >= LIMITS.gradientGrowth * normIn(min) && now.train.loss >= min.train.loss;
  if (!isHuge && !hasGrown) return undefined;
  const before = hasGrown ? `, ${figure(normIn(min))} in epoch ${min.epoch}` : "";
  return { code: "EXPLODING_GRADIENT", layer: null, message: `the gradient explodes: its norm is ${figure(norm)}${before}` };
}

function signOfLoss(now: EpochRecord, past: readonly EpochRecord[]): Sign | undefined {
  const first = past[0];
  if (first === undefined) return undefined;
  const [start, loss] = [first.train.loss, now.train.loss];
  if (loss >= LIMITS.risingLoss * start && loss > 0) {
    const message = `the loss rises: ${figure(loss)}, ${figure(start)} in epoch ${first.epoch}`;
    return { code: "RISING_LOSS", layer: null, message };
  }
  // A run that continues from a checkpoint may have learnt before.
  if (first.epoch !== 1 || past.length + 1 < LIMITS.flatEpochs || isLearnt(now)) return undefined;
  if ([...past, now].some(({ train }) => Math.abs(train.loss - start) > LIMITS.flatLoss * start)) return undefined;
  const message = `the loss does not move: ${figure(loss)} in epoch ${now.epoch}, ${figure(start)} in epoch 1`;
  return { code: "FLAT_LOSS", layer: null, message };
}

/** Whether there may be nothing left to learn. */
function isLearnt({ train }: EpochRecord): boolean {
  return train.loss === 0 || Math.max(bestAccuracy(train), train.rSquared ?? 0) >= LIMITS.learntAccuracy;
}

function largest(records: readonly EpochRecord[], of: (record: EpochRecord) => number): EpochRecord | undefined {
  let best: EpochRecord | undefined;
  for (const record of records) if (best === undefined || of(record) > of(best)) best = record;
  return best;
}
