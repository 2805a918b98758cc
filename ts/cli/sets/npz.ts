import { readFile } from "node:fs/promises";
import { fromNpz, type NpzOptions } from "../../datasets/from-npz.js";
import { SpikeletError } from "../../errors.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { limitOf, stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const npz: DataSet = {
  about: "event arrays of an NPZ archive, --data FILE.npz",
  encoding: null,
  isRead: true,
  load: async ({ dir, options, steps = DEFAULTS.network.steps, backend, ...limit }) => {
    return fromNpz(await readBytes(dir ?? ""), { ...limitOf(limit), ...stepped(options, steps), backend } as NpzOptions);
  },
};

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", file, "can't be read", cause);
  }
}
