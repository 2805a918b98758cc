/**
 * What a page has to do with its visitor: camera, microphone, and images that are drawn. For browsers.
 *
 * @module spikelet/page
 */

export { readWav, type Sound } from "../io/wav.js";
export { type Camera, type CameraOptions, openCamera } from "./camera.browser.js";
export { centred } from "./centred.js";
export { DrawingPad, type DrawingPadOptions } from "./drawing-pad.browser.js";
export { FrameEvents } from "./frame-events.js";
export { type ImageLayoutOptions, type ImageSource, imageOf } from "./image-of.browser.js";
export { type Microphone, type MicrophoneOptions, openMicrophone, recordMicrophone } from "./microphone.browser.js";
export { Resampler } from "./resampler.js";
