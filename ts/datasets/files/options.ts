import type { FieldChecks } from "../../check/fields.js";
import { type Check, callback, flag, listOf, refuse, text, whole } from "../../check/values.js";
import { abortSignal } from "../../runtime/options.js";
import { classNames } from "../class-names.js";
import type { FileOptions } from "./collected.js";

const sides = listOf(whole(1, 4096), "CONFIG_INVALID");

const size: Check<readonly [number, number]> = (value, path) => {
  const [height, width, ...others] = sides(value, path);
  if (height === undefined || width === undefined || others.length > 0) {
    return refuse("CONFIG_INVALID", path, "[height, width]", JSON.stringify(value));
  }
  return [height, width];
};

/** Checks of what data sets of files have in common. */
export const FILE_OPTIONS: FieldChecks<FileOptions> = {
  size,
  colour: flag,
  classes: classNames,
  name: text,
  onProgress: (value, path) => callback(value, path) as (progress: { done: number; all: number }) => void,
  signal: abortSignal,
};
