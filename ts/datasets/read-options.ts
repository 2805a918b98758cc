import { fields } from "../check/fields.js";
import { byteLimit, type ReadLimit } from "../io/byte-budget.js";
import type { BackendChoice } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";

/** How a file is read. */
export interface ReadOptions extends ReadLimit {
  backend?: BackendChoice;
}

export const readOptions = fields<ReadOptions>({ backend: backendChoice, maxBytes: byteLimit });
