import { centred } from "spikelet/page";
import { drawnBy, type Stroke } from "../draw/pen.js";
import { coarse } from "./levels.js";
import { drawsOf } from "./random.js";

/** Scribbles that a network learns as an answer of its own, so that it knows what it does not know. */
const COUNT = 48;
/** Places of a stroke, and strokes of a scribble, at most. */
const [MAX_PLACES, MAX_STROKES] = [5, 3];

let made: readonly Uint8Array[] | undefined;

/** Drawings of one to three strokes through random places, half of them smooth; the same ones every time. */
export function scribbles(): readonly Uint8Array[] {
  made ??= Array.from({ length: COUNT }, (_, k) => coarse(centred(drawnBy(strokesOf(drawsOf(k))))));
  return made;
}

function strokesOf(random: () => number): Stroke[] {
  return Array.from({ length: 1 + Math.floor(MAX_STROKES * random() * random()) }, () => {
    const places = 2 + Math.floor((MAX_PLACES - 1) * random());
    const stroke = Array.from({ length: places }, () => [0.1 + 0.8 * random(), 0.1 + 0.8 * random()] as const);
    return random() < 0.5 ? stroke : smooth(stroke);
  });
}

/** Cuts the corners of a stroke three times (Chaikin). */
function smooth(stroke: Stroke): Stroke {
  let line = stroke;
  for (let round = 0; round < 3; round++) {
    const cut = line.slice(1).flatMap(([x, y], k) => {
      const [u, v] = line[k] ?? [x, y];
      return [0.25, 0.75].map((part) => [u + part * (x - u), v + part * (y - v)] as const);
    });
    line = [...line.slice(0, 1), ...cut, ...line.slice(-1)];
  }
  return line;
}
