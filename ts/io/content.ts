import { bytes, type Check } from "../check/values.js";

/** Content of a file. */
export const fileContent: Check<Uint8Array | string> = (value, path) => (typeof value === "string" ? value : bytes(value, path));
