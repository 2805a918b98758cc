import { STEP_SECONDS } from "../exchange/nir/options.js";
import { presets } from "../presets.js";
import type { Parameters } from "./command.js";
import { ENCODING_FORMS } from "./encoding.js";

/** Options that several commands share. */

export const outputOptions = {
  json: { type: "boolean", description: "print JSON on stdout, one object per line" },
} as const satisfies Parameters;

export const computeOptions = {
  threads: { type: "string", description: '"auto" or a number; the result does not depend on it', valueHint: "N" },
  backend: { type: "string", description: "auto, native or wasm", valueHint: "NAME" },
  simd: {
    type: "string",
    description: "SIMD level instead of the best one; the result does not depend on it",
    valueHint: "LEVEL",
  },
} as const satisfies Parameters;

export const configOptions = {
  config: { type: "string", description: "configuration file (JSON)", valueHint: "FILE" },
  preset: { type: "string", description: `configuration by name: ${Object.keys(presets).join(", ")}`, valueHint: "NAME" },
  set: {
    type: "string",
    isMany: true,
    description: "change one setting, may be repeated: training.epochs=5",
    valueHint: "PATH=VALUE",
  },
  seed: { type: "string", description: "seed of weights and sample order", valueHint: "N" },
} as const satisfies Parameters;

export const readOptions = {
  "max-memory": {
    type: "string",
    description: "largest size of a data file in memory, such as 2GB; 64 MiB plus 16 times its size by default",
    valueHint: "SIZE",
  },
} as const satisfies Parameters;

export const dataOptions = {
  dataset: {
    type: "string",
    description:
      "name of the data set, see spikelet data list; by default npz or shards if --data is one of these, else the set of the configuration or checkpoint, else mnist with --data or digits without it",
    valueHint: "NAME",
  },
  data: {
    type: "string",
    description: "folder or file of the data set; by default where spikelet data fetch stores it",
    valueHint: "DIR",
  },
  encode: {
    type: "string",
    description: `how values become spikes: ${ENCODING_FORMS.join(", ")}; by default that of the configuration or checkpoint, else latency:0:24 for images`,
    valueHint: "CODE",
  },
  ...readOptions,
} as const satisfies Parameters;

export const publishedOptions = {
  name: { type: "positional", required: true, description: "name of the data set, see spikelet data list", valueHint: "NAME" },
  dir: { type: "string", description: "its folder; by default one in the user's cache", valueHint: "DIR" },
} as const satisfies Parameters;

export const splitOptions = {
  split: { type: "enum", options: ["test", "validation", "train"], default: "test", description: "which part of the data" },
} as const satisfies Parameters;

/** For commands to which a checkpoint answers. */
export const partOptions = {
  split: {
    type: "enum",
    options: ["all", "test", "validation", "train"],
    description: "which part of the data; by default all samples of data that the checkpoint was not trained on, otherwise test",
  },
} as const satisfies Parameters;

export const passOptions = {
  "early-decision": { type: "boolean", description: "simulate each sample only up to its first output spike" },
} as const satisfies Parameters;

export const nirOptions = {
  dt: {
    type: "string",
    description: `NIR: duration of a step in seconds, ${STEP_SECONDS} by default`,
    valueHint: "SECONDS",
  },
  discretization: {
    type: "enum",
    options: ["euler", "exact"],
    description: "NIR: a decay is 1 − dt/τ, as readers simulate, or e^(−dt/τ); euler by default",
  },
} as const satisfies Parameters;

export const checkpointOptions = {
  checkpoint: { type: "string", description: "checkpoint to read", valueHint: "FILE" },
} as const satisfies Parameters;
