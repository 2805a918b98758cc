import { spikeTrainMatching as load } from "../../datasets/spike-train-matching.js";
import { stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const spikeTrainMatching: DataSet = {
  about: "random input trains with random target trains, drawn",
  encoding: null,
  isRead: false,
  load: ({ options, steps, backend }) => load({ ...stepped(options, steps), backend }),
};
