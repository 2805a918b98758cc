import { join } from "node:path";
import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { callback, positive, text } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { load } from "../io/files.node.js";
import { abortSignal } from "../runtime/options.js";
import { SpikeEvents, type SpikeTrain } from "../spikes.js";
import type { CameraEvents } from "./camera/event-list.js";
import { parseRecording } from "./camera/recording.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { binned, sides } from "./from-recordings.js";

/** Where the recordings of DVS-Gesture lie and how they become spikes. */
export interface DvsGestureOptions {
  /** Folder with `trials_to_train.txt`, `trials_to_test.txt` and the recordings that they name, as the archive has it. */
  dir: string;
  /** Steps of the simulation; 100 by default. Later events are dropped. */
  steps?: number;
  /** Microseconds of a step; 15,000 by default. */
  stepLength?: number;
  /** Height and width of the input; `[32, 32]` by default, where a unit collects the events of 4 × 4 pixels. */
  size?: readonly [height: number, width: number];
  /** Called with the number of recordings that are read. */
  onProgress?: (progress: { done: number; all: number }) => void;
  signal?: AbortSignal;
}

const gestureOptions = fields<DvsGestureOptions>(
  {
    dir: text,
    steps: stepCount,
    stepLength: positive,
    size: sides,
    onProgress: (value, path) => callback(value, path) as (progress: { done: number; all: number }) => void,
    signal: abortSignal,
  },
  "dir",
);

const SENSOR = [128, 128] as const;

/** Gestures by their names in the archive, in the order of their numbers, which begin with 1 there. */
const CLASSES = [
  "hand_clapping",
  "right_hand_wave",
  "left_hand_wave",
  "right_arm_clockwise",
  "right_arm_counter_clockwise",
  "left_arm_clockwise",
  "left_arm_counter_clockwise",
  "arm_roll",
  "air_drums",
  "air_guitar",
  "other_gestures",
] as const;

/**
 * DVS-Gesture (Amir and others 2017): 11 gestures of 29 people before an event camera of 128 × 128 pixels, of the shape
 * `[2, height, width]`. `split` keeps the published test part.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the file for one that is missing or damaged; an abort throws the signal's reason.
 */
export async function dvsGesture(options: DvsGestureOptions): Promise<SpikeDataset> {
  const { dir, steps = 100, stepLength = 15_000, size = [32, 32], onProgress, signal } = gestureOptions(options, "");
  const [train, test] = [await namesIn(join(dir, "trials_to_train.txt")), await namesIn(join(dir, "trials_to_test.txt"))];
  const trains: SpikeTrain[] = [];
  const labels: number[] = [];
  let testSamples = 0;
  const all = [...train, ...test];
  for (const [done, name] of all.entries()) {
    signal?.throwIfAborted();
    const file = join(dir, name);
    const gestures = await gesturesIn(file.replace(/\.aedat$/, "_labels.csv"));
    const bytes = await load(file);
    try {
      const events = parseRecording(bytes);
      for (const { label, start, end } of gestures) {
        trains.push(binned(between(events, start, end), { sensor: SENSOR, size, steps, stepLength }));
        labels.push(label);
      }
    } catch (thrown) {
      throw inFile(file, thrown);
    }
    if (done >= train.length) testSamples += gestures.length;
    onProgress?.({ done: done + 1, all: all.length });
  }
  const info = { name: "dvsGesture", shape: [2, ...size], steps, testSamples };
  return assemble(info, { kind: "events", events: SpikeEvents.fromTrains(trains) }, labels.length, { labels, classes: CLASSES });
}

async function linesOf(file: string): Promise<string[]> {
  return new TextDecoder()
    .decode(await load(file))
    .split(/\r?\n/)
    .map((line) => line.trim());
}

/** Names of recordings, one a line. */
async function namesIn(file: string): Promise<string[]> {
  const names = (await linesOf(file)).filter((line) => line !== "");
  const odd = names.find((name) => !/^[\w-][\w.-]*\.aedat$/.test(name));
  if (odd !== undefined)
    throw new SpikeletError("DATA_FORMAT", file, `must name .aedat files of its folder, got ${JSON.stringify(odd)}`);
  return names;
}

interface Gesture {
  label: number;
  /** Microseconds. */
  start: number;
  end: number;
}

/** Gestures of a recording: a line of titles, then class, begin and end of each. */
async function gesturesIn(file: string): Promise<Gesture[]> {
  const [, ...lines] = await linesOf(file);
  return lines.flatMap((line, k) => {
    if (line === "") return [];
    const [number = 0, start = Number.NaN, end = Number.NaN] = line.split(",").map(Number);
    const isGesture = Number.isInteger(number) && number >= 1 && number <= CLASSES.length && start < end;
    if (!isGesture) {
      const expected = `must be a class from 1 to ${CLASSES.length}, a begin and a later end, got ${JSON.stringify(line)}`;
      throw new SpikeletError("DATA_FORMAT", `${file}, line ${k + 2}`, expected);
    }
    return [{ label: number - 1, start, end }];
  });
}

/** Events from `start` up to but not including `end`. */
function between({ times, x, y, polarities }: CameraEvents, start: number, end: number): CameraEvents {
  const inside = (_: number, k: number) => (times[k] ?? 0) >= start && (times[k] ?? 0) < end;
  return { times: times.filter(inside), x: x.filter(inside), y: y.filter(inside), polarities: polarities.filter(inside) };
}
