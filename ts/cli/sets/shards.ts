import { shards as load } from "../../datasets/shards/open.node.js";
import { none } from "./arguments.js";
import type { DataSet } from "./set.js";

export const shards: DataSet = {
  about: "a folder that spikelet data pack made, read while a network trains, --data DIR",
  encoding: null,
  isRead: true,
  load: async ({ dir, options }) => {
    none(options);
    return load({ dir: dir ?? "" });
  },
};
