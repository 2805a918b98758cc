// Membranes of single units, as the library computes them (specification 1.1, 10.2, 13): a weight, resets and delays.
import { drawDelays } from "../trying/delays.mjs";
import { RUNS } from "../trying/runs.mjs";
import { SCENES } from "../trying/scenes.mjs";
import { svg } from "./svg.mjs";

const DELAY = 18;

/** @param {keyof typeof RUNS} name */
async function asItBegins(name) {
  const data = await RUNS[name]();
  const { controls = [], draw } = SCENES[name] ?? {};
  const setting = Object.fromEntries(
    controls.map((control) => [control.key, control.kind === "choice" ? control.start : control.start(data)]),
  );
  const drawn = draw?.(data, setting);
  if (drawn === undefined) throw new Error(`there is no figure ${name}`);
  return svg(drawn.width, drawn.height, drawn.description, drawn.parts);
}

async function withAndWithout() {
  const data = await RUNS.delays();
  const { description, height, parts, width } = drawDelays(data, [data.delays.indexOf(0), data.delays.indexOf(DELAY)]);
  return svg(width, height, description, parts);
}

export const weight = await asItBegins("weight");
export const flow = await asItBegins("flow");
export const resets = await asItBegins("resets");
export const delays = await withAndWithout();
