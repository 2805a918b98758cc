import { convolutions } from "./images.js";
import type { SpikeProfile } from "./profile.js";
import type { Choice } from "./recommendation.js";
import { withDelays } from "./signals.js";

/** What suits samples that are spikes already: convolutions where they come from a camera, else learnt delays. */
export function spikeChoice({ units, image, steps }: SpikeProfile): Choice {
  const reasons = [{ setting: "encoding", why: "The samples are spikes already." }];
  const encoding = { type: "direct" } as const;
  if (image !== undefined) return { preset: "images", encoding, steps, ...convolutions(image, reasons) };
  return { preset: "signals", encoding, ...withDelays(units, steps, reasons) };
}
