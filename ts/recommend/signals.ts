import type { Delays, Encoding, LayerConfig } from "../generated/config.js";
import { type Choice, HIDDEN_UNITS, type Reason } from "./recommendation.js";
import type { SignalProfile } from "./signal-profile.js";

/** Change of a signal that gives a spike, in standard deviations. */
const THRESHOLD = 0.2;

/** Points per second and points of a sample from which a signal counts as sound. */
const SOUND = { sampleRate: 4000, points: 2000 };
const HOP_SECONDS = 0.01;
const MELS = 20;
/** Energy that counts as silence, and its logarithm: the feature of silence, from which the first spikes count. */
const FLOOR = 0.001;
const SILENCE = Math.round(Math.log(FLOOR));

/** Steps for the last spikes to reach the readout. */
const TAIL = 5;
/** Steps from which a signal counts as long. */
const LONG = 1000;
/** Ratio of the deviations of two channels from which one threshold does not suit both. */
const UNEQUAL = 4;

/** What suits signals: spikes of changes, learnt delays, a readout. */
export function signalChoice(profile: SignalProfile): Choice {
  const { input, steps, encoding, reasons } = isSound(profile) ? sound(profile) : changes(profile);
  return { preset: "signals", encoding, ...withDelays(input, steps, reasons) };
}

/** A dense layer whose connections delay spikes by what they learn, for inputs that last so many steps. */
export function withDelays(input: number, steps: number, before: readonly Reason[]): Omit<Choice, "preset" | "encoding"> {
  const max = Math.max(1, Math.min(30, Math.round(steps / 3)));
  const delays: Delays = { by: "connection", max, learn: true };
  const hidden: LayerConfig[] = [{ type: "dense", units: HIDDEN_UNITS, delays }];
  const why = `Each connection learns a delay of up to ${max} steps, so that spikes of different times meet at a unit.`;
  const long = `Samples of ${steps} steps take long to learn: fewer points per second may do.`;
  const reasons = [
    ...before,
    { setting: "network.layers[0].delays", why },
    ...(steps > LONG ? [{ setting: "network.steps", why: long }] : []),
  ];
  return { input, steps: steps + max + TAIL, hidden, reasons };
}

interface Encoded {
  encoding: Encoding;
  input: number;
  steps: number;
  reasons: readonly Reason[];
}

function isSound({ sampleRate = 0, points }: SignalProfile): boolean {
  return sampleRate >= SOUND.sampleRate && points >= SOUND.points;
}

function sound({ sampleRate = 0, points, channels }: SignalProfile): Encoded {
  const hop = Math.round(HOP_SECONDS * sampleRate);
  const window = 2 ** Math.round(Math.log2(3 * hop));
  const ofFeatures = { type: "delta", threshold: 0.5, maxSpikes: 5, start: SILENCE } as const;
  const why = `${sampleRate} points per second are sound: the energies of ${MELS} bands, every ${hop} points, become spikes.`;
  return {
    encoding: { type: "logMel", window, hop, mels: MELS, floor: FLOOR, encoding: ofFeatures },
    input: 2 * MELS * channels,
    steps: Math.ceil(points / hop),
    reasons: [{ setting: "encoding", why }],
  };
}

function changes({ deviation, mean, isCentred, spread, points, channels }: SignalProfile): Encoded {
  const threshold = rounded(THRESHOLD * deviation);
  const why = `A spike for each change of a signal by ${threshold}, a fifth of the standard deviation (${rounded(deviation)}).`;
  const unequal = `One threshold serves all channels, and one varies ${rounded(spread)} times as much as another: divide each by its deviation.`;
  return {
    encoding: { type: "delta", threshold, maxSpikes: 3, ...(isCentred && { start: rounded(mean) }) },
    input: 2 * channels,
    steps: points,
    reasons: [{ setting: "encoding", why }, ...(spread > UNEQUAL ? [{ setting: "encoding.threshold", why: unequal }] : [])],
  };
}

/** Two digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
