export { fromImages, fromSpikes } from "./create.js";
export { digits } from "./digits.js";
export { mnist } from "./mnist.node.js";
