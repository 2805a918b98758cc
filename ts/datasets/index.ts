export { fashionMnist, kmnist, mnist, nmnist } from "#host/datasets/folders";
export { fromImages, fromSpikes } from "./create.js";
export { digits } from "./digits.js";
export { randman } from "./randman.js";
export { simulatedEvents } from "./simulated-events.js";
export { spikeTrainMatching } from "./spike-train-matching.js";
export { yinYang } from "./yin-yang.js";
