/** Data sets that are read from folders. */
export { fashionMnist } from "./fashion-mnist.node.js";
export type { IdxFolderOptions } from "./idx-folder.node.js";
export { kmnist } from "./kmnist.node.js";
export { mnist } from "./mnist.node.js";
export { type NmnistOptions, nmnist } from "./nmnist.node.js";
export { type ShardsOptions, shards } from "./shards/open.node.js";
export { type PackOptions, type PackReport, packShards } from "./shards/pack.node.js";
export { type ShdOptions, shd } from "./shd.node.js";
export { type Speaker, type SpokenDigitsOptions, spokenDigits } from "./spoken-digits.node.js";
