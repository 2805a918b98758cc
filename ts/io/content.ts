import { bytes, type Check } from "../check/values.js";

/** What a file can be made of. */
export const fileContent: Check<Uint8Array | string> = (value, path) => (typeof value === "string" ? value : bytes(value, path));
