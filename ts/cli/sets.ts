import type { PublishedSet } from "../datasets/published.js";
import { placeOf } from "./sets/arguments.js";
import { delayDetection } from "./sets/delay-detection.js";
import { digits } from "./sets/digits.js";
import { dvsGesture } from "./sets/dvs-gesture.js";
import { FOLDER_SETS } from "./sets/folder-sets.js";
import { nmnist } from "./sets/nmnist.js";
import { npz } from "./sets/npz.js";
import { images, series, sounds, table } from "./sets/own.js";
import { randman } from "./sets/randman.js";
import type { DataSet } from "./sets/set.js";
import { shards } from "./sets/shards.js";
import { simulatedEvents } from "./sets/simulated-events.js";
import { spikeTrainMatching } from "./sets/spike-train-matching.js";
import { spokenDigits } from "./sets/spoken-digits.js";
import { yinYang } from "./sets/yin-yang.js";

/** Every data set by the name that `--dataset` takes. */
export const SETS = {
  digits,
  ...FOLDER_SETS,
  dvsGesture,
  nmnist,
  spokenDigits,
  images,
  sounds,
  table,
  series,
  npz,
  shards,
  yinYang,
  randman,
  delayDetection,
  spikeTrainMatching,
  simulatedEvents,
} as const satisfies Record<string, DataSet>;

export type SetName = keyof typeof SETS;

/** The sets that can be fetched, by the name that `--dataset` takes. */
export const PUBLISHED: ReadonlyMap<string, PublishedSet> = new Map(
  Object.entries<DataSet>(SETS).flatMap(([name, { published }]) => (published === undefined ? [] : [[name, published]])),
);

export function isSetName(name: unknown): name is SetName {
  return typeof name === "string" && Object.hasOwn(SETS, name);
}

/** Whether a folder or a file means anything to a set: simulated events may be those of images that are read. */
export function takesPlace(name: SetName): boolean {
  return SETS[name].isRead || name === "simulatedEvents";
}

/** The folder of a set: the one given, else where `spikelet data fetch` stores it. */
export function folderOf(name: SetName, given: string | null): string | null {
  return placeOf(name, SETS[name], given);
}
