/**
 * Writes trained networks as source code for devices.
 *
 * @module spikelet/export
 */

export { type COptions, exportC } from "./c/export-c.js";
export type { CFiles } from "./c/source.js";
