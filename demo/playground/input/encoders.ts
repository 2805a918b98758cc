import { type Encoding, encode } from "spikelet";
import type { InputName } from "../settings.js";
import * as coordinates from "./coordinates.js";
import coordinatesSource from "./coordinates.ts?raw";
import * as curves from "./curves.js";
import curvesSource from "./curves.ts?raw";
import type { ValuesOf } from "./data-of.js";

/** How a point becomes spikes. */
export interface Encoder {
  valuesOf: ValuesOf;
  encoding: Encoding;
  /** The module with `valuesOf`, for the program. */
  source: string;
}

/** @param steps of a sample, in the first half of which the inputs fire. */
export function encoderOf(input: InputName, steps: number): Encoder {
  const last = Math.floor(steps / 2);
  switch (input) {
    case "curves":
      return { ...curves, source: curvesSource, encoding: encode.latency({ last }) };
    case "latency":
      return { ...coordinates, source: coordinatesSource, encoding: encode.latency({ last, skipZero: false }) };
    case "burst":
      return { ...curves, source: curvesSource, encoding: encode.burst({ maxSpikes: 5, minInterval: 2, maxInterval: 8 }) };
    case "rate":
      return { ...curves, source: curvesSource, encoding: encode.rate({ max: 0.3 }) };
    case "direct":
      return { ...curves, source: curvesSource, encoding: encode.direct({ every: 5 }) };
  }
}
