/** Data sets that are read from folders, each in a layout of its own. */
export { type DvsGestureOptions, dvsGesture } from "./dvs-gesture.node.js";
export { fromFolder } from "./files/folder.node.js";
export { type NmnistOptions, nmnist } from "./nmnist.node.js";
export { type ShardsOptions, shards } from "./shards/open.node.js";
export { type PackOptions, type PackReport, packShards } from "./shards/pack.node.js";
export { type Speaker, type SpokenDigitsOptions, spokenDigits } from "./spoken-digits.node.js";
