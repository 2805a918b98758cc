import { fromNpz, type NpzOptions } from "../../datasets/from-npz.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { load } from "../../io/files.node.js";
import { limitOf, stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const npz: DataSet = {
  about: "event arrays of an NPZ archive, --data FILE.npz",
  encoding: null,
  isRead: true,
  load: async ({ dir, options, steps = DEFAULTS.network.steps, backend, ...limit }) => {
    return fromNpz(await load(dir ?? ""), { ...limitOf(limit), ...stepped(options, steps), backend } as NpzOptions);
  },
};
