import { record } from "../check/fields.js";
import { bytes, type Check, floats, shorts, words } from "../check/values.js";
import type { DatasetArrays } from "./backend.js";

const ARRAYS: { readonly [Name in keyof Required<DatasetArrays>]: Check<Required<DatasetArrays>[Name]> } = {
  offsets: words,
  times: shorts,
  units: words,
  pixels: bytes,
  values: floats,
  rows: words,
  labels: words,
  counts: floats,
  series: floats,
  targetOffsets: words,
  targetTimes: shorts,
  targetUnits: words,
};

/** The known arrays in a new object, whose properties no getter of the caller stands behind. */
export const datasetArrays: Check<DatasetArrays> = (value, path) => {
  const given = record(value, path, "DATA_FORMAT");
  const found: [string, ArrayBufferView][] = [];
  for (const [name, check] of Object.entries(ARRAYS)) {
    const array = given[name];
    if (array !== undefined) found.push([name, check(array, name)]);
  }
  return Object.fromEntries(found);
};
