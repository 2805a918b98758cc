import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { bytes, listOf, positive, refuse, text, whole } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { SpikeEvents, type SpikeTrain } from "../spikes.js";
import type { CameraEvents } from "./camera/event-list.js";
import { parseRecording } from "./camera/recording.js";
import { assemble, TARGETS, type TargetOptions } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { stepOf } from "./step.js";

/** Recordings of an event camera, and how they become spikes. */
export interface RecordingOptions extends TargetOptions {
  /** Bytes of EVT 2.0, EVT 3.0, AEDAT 2.0, 3.1 or 4.0 files, one sample each. */
  recordings: readonly Uint8Array[];
  /** Height and width of the sensor in pixels. */
  sensor: readonly [height: number, width: number];
  /** Height and width of the input, whose pixels collect the events of several of the sensor's; those of the sensor by default. */
  size?: readonly [height: number, width: number];
  /** Steps of the simulation; later events are dropped. */
  steps: number;
  /** Microseconds of a step. The first event of a recording is in step 0. */
  stepLength: number;
  name?: string;
}

const recordingOptions = fields<RecordingOptions>(
  {
    ...TARGETS,
    recordings: listOf(bytes),
    sensor: (value, path) => sides(value, path),
    size: (value, path) => sides(value, path),
    steps: stepCount,
    stepLength: positive,
    name: text,
  },
  "recordings",
  "sensor",
  "steps",
  "stepLength",
);

/** Pixels a side that the addresses of events reach: those of EVT 3.0 and DVS have 11 bits at most, of AEDAT 15. */
const MAX_SIDE = 32_768;

/** @internal Checks height and width. */
export function sides(value: unknown, path: string): [number, number] {
  const [height, width, ...others] = listOf(whole(1, MAX_SIDE), "CONFIG_INVALID")(value, path);
  if (height !== undefined && width !== undefined && others.length === 0) return [height, width];
  return refuse("CONFIG_INVALID", path, "[height, width]", JSON.stringify(value));
}

/**
 * Makes a data set of recordings of an event camera, of the shape `[2, height, width]`: first the events of falling, then those of
 * rising brightness. Several events of a unit in one step are one spike.
 *
 * @throws {SpikeletError} `DATA_FORMAT` at `recordings[i]` with the byte offset for another format, a file that ends within an
 * event and events outside the sensor, `CONFIG_INVALID` for wrong options.
 */
export function fromRecordings(options: RecordingOptions): SpikeDataset {
  const { recordings, sensor, size = sensor, steps, stepLength, name = "recordings", ...targets } = recordingOptions(options, "");
  const samples = recordings.map((recording, k) => {
    try {
      return binned(parseRecording(recording), { sensor, size, steps, stepLength });
    } catch (thrown) {
      throw inFile(`recordings[${k}]`, thrown);
    }
  });
  const events = SpikeEvents.fromTrains(samples);
  return assemble({ name, shape: [2, ...size], steps }, { kind: "events", events }, samples.length, targets);
}

/** @internal How events of a camera become spikes. */
export type Binning = Required<Pick<RecordingOptions, "sensor" | "size" | "steps" | "stepLength">>;

/** @internal Spikes of a recording, in the order of steps and units. */
export function binned({ times, x, y, polarities }: CameraEvents, { sensor, size, steps, stepLength }: Binning): SpikeTrain {
  const [height, width] = size;
  const units = 2 * height * width;
  const start = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const spikes = new Set<number>();
  for (let e = 0; e < times.length; e++) {
    const [column, row] = [x[e] ?? 0, y[e] ?? 0];
    if (row >= sensor[0] || column >= sensor[1]) {
      throw new SpikeletError("DATA_FORMAT", `event ${e}`, `lies at (${column}, ${row}), outside of the sensor`);
    }
    const step = stepOf((times[e] ?? 0) - start, stepLength, `event ${e}`);
    if (step >= steps) continue;
    const [line, place] = [Math.floor((row * height) / sensor[0]), Math.floor((column * width) / sensor[1])];
    spikes.add(step * units + ((polarities[e] ?? 0) * height + line) * width + place);
  }
  const sorted = Float64Array.from(spikes).sort();
  return { times: Array.from(sorted, (spike) => Math.floor(spike / units)), units: Array.from(sorted, (spike) => spike % units) };
}
