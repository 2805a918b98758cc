import type { Experiment } from "../experiment.js";
import { insideOrFinal } from "./inside-or-final.js";
import { yinYang } from "./yin-yang.js";

/** Every experiment, in the order of reading. */
export const EXPERIMENTS: readonly Experiment[] = [insideOrFinal, yinYang];
