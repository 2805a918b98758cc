import { randman as load } from "../../datasets/randman.js";
import { stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const randman: DataSet = {
  about: "smooth random manifolds as spike times, drawn",
  encoding: null,
  isRead: false,
  load: ({ options, steps, backend }) => load({ ...stepped(options, steps), backend }),
};
