// The figures to try: what can be set, and what is drawn and said for a setting. For Node and for pages.
import { delaysScene } from "./delays.mjs";
import { gradientsScene } from "./gradients.mjs";
import { resetsScene } from "./resets.mjs";
import { weightScene } from "./weight.mjs";

/**
 * A slider over places, or names to choose from.
 *
 * @typedef {{ kind: "slider", key: string, label: string, valueText: (data: any, place: number) => string, places: (data: any) => number, start: (data: any) => number }} Slider
 * @typedef {{ kind: "choice", key: string, label: string, names: Readonly<Record<string, string>>, start: string }} Choice
 */

/**
 * @typedef {object} Drawn
 * @property {number} width
 * @property {number} height
 * @property {string} description for screen readers
 * @property {string[]} parts of an SVG
 * @property {string} sentence below the figure
 */

/**
 * What can be set, and what a figure shows for a setting: the place of each slider and the name of each choice.
 *
 * @typedef {object} Scene
 * @property {readonly (Slider | Choice)[]} controls
 * @property {string} [plays] key of the slider that runs down to its first place by a button
 * @property {(data: any, setting: any) => Drawn} draw
 */

/** Figures of docs/figures that can be tried on the site, by their names. @type {Record<string, Scene>} */
export const SCENES = { weight: weightScene, flow: gradientsScene, resets: resetsScene, delays: delaysScene };
