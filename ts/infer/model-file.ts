import type { Description } from "./description.js";
import { invalid } from "./errors.js";
import { sectionsOf } from "./file.js";
import { parse } from "./parse.js";
import type { Reader } from "./reader.js";

/** What a network was trained on: `info.trainedOn` of the library. */
export interface TrainedOn {
  inputs: "events" | "images" | "series";
  /** Sizes of the dimensions of a sample. */
  shape?: number[];
  /** Channels of the signals. */
  channels?: number;
  /** Points of a signal per second. */
  sampleRate?: number;
  /** Lowest and highest number of each unit, which became 0 and 1. */
  ranges?: [number, number][];
  /** How images or signals became spikes. */
  encoding?: { type: string };
  /** Names of the classes, by output. */
  classes?: string[];
}

/** What a model file holds. */
export interface ModelFile {
  description: Description;
  trainedOn: TrainedOn | undefined;
  /** The section of the network, at its end. */
  network: Reader;
}

/** @throws {InferError} `MODEL_INVALID` for bytes that are not a whole, unchanged model file of this version of the format. */
export function readModel(bytes: Uint8Array | ArrayBuffer): ModelFile {
  // Memory has a length as well, but is in no other.
  const { buffer = bytes as ArrayBuffer, byteOffset, byteLength }: Partial<Uint8Array> = bytes as Uint8Array;
  const { network, data } = sectionsOf(new Uint8Array(buffer, byteOffset, byteLength));
  try {
    const trainedOn: TrainedOn | undefined = data && JSON.parse(data);
    return { description: { ...parse(network), classes: trainedOn?.classes }, trainedOn, network };
  } catch (thrown) {
    throw invalid((thrown as Error).message);
  }
}
