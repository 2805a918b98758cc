import { type DelayDetectionOptions, delayDetection as load } from "../../datasets/delay-detection.js";
import { stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const delayDetection: DataSet = {
  about: "two spikes with a delay that is the class, drawn",
  encoding: null,
  isRead: false,
  load: async ({ options, steps }) => load(stepped(options, steps) as DelayDetectionOptions),
};
