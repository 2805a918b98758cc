import { yinYang as load } from "../../datasets/yin-yang.js";
import { encode } from "../../encode.js";
import type { DataSet } from "./set.js";

export const yinYang: DataSet = {
  about: "points of the Yin-Yang figure, drawn",
  encoding: encode.latency({ first: 0, last: 24, skipZero: false }),
  isRead: false,
  load: ({ options, backend }) => load({ ...options, backend }),
};
