export { fashionMnist, kmnist, mnist, nmnist, shd } from "#host/datasets/folders";
export { fromImages, fromSpikes } from "./create.js";
export { digits } from "./digits.js";
export { fromNpz } from "./from-npz.js";
export { randman } from "./randman.js";
export { simulatedEvents } from "./simulated-events.js";
export { spikeTrainMatching } from "./spike-train-matching.js";
export { yinYang } from "./yin-yang.js";
