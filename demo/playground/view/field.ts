import type { Prediction } from "spikelet";
import { placesOfMap, SIDE } from "../problem.js";
import { type Colour, colours, mixed } from "./colours.js";

/** Fraction that each class has at each place, `[place][class]`; equal ones where no output says anything. */
export function sharesOf(prediction: Prediction, classes: number): Float32Array {
  const { probabilities, scoresByCount } = prediction;
  if (probabilities !== undefined) return probabilities;
  const shares = new Float32Array(SIDE * SIDE * classes);
  for (let place = 0; place < SIDE * SIDE; place++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += scoresByCount?.[place * classes + k] ?? 0;
    for (let k = 0; k < classes; k++) {
      shares[place * classes + k] = sum === 0 ? 1 / classes : (scoresByCount?.[place * classes + k] ?? 0) / sum;
    }
  }
  return shares;
}

/** Spikes of each unit of a layer at each place, `[unit][place]`, as fractions of the unit's most. */
export function activityOf(prediction: Prediction, layer: number, units: number): Float32Array {
  const activity = new Float32Array(units * SIDE * SIDE);
  const { offsets, units: fired } = prediction.layers[layer] ?? { offsets: [], units: [] };
  const most = new Float32Array(units).fill(1);
  for (let place = 0; place < SIDE * SIDE; place++) {
    const end = offsets[place + 1] ?? 0;
    for (let event = offsets[place] ?? 0; event < end; event++) {
      const unit = fired[event] ?? 0;
      const at = unit * SIDE * SIDE + place;
      const count = (activity[at] ?? 0) + 1;
      activity[at] = count;
      if (count > (most[unit] ?? 0)) most[unit] = count;
    }
  }
  for (let k = 0; k < activity.length; k++) activity[k] = (activity[k] ?? 0) / (most[Math.floor(k / (SIDE * SIDE))] ?? 1);
  return activity;
}

/** What each value of the input is at each place, `[unit][place]`. */
export function inputsOf(valuesOf: (x: number, y: number) => number[]): Float32Array {
  const places = placesOfMap().map(({ x, y }) => valuesOf(x, y));
  const units = places[0]?.length ?? 0;
  const values = new Float32Array(units * places.length);
  for (const [place, one] of places.entries()) {
    for (const [unit, value] of one.entries()) values[unit * places.length + place] = value;
  }
  return values;
}

/** An image of the map in the colours of the classes, paler where the network is undecided. */
export function decisionImage(shares: Float32Array, classes: number): ImageData {
  const { card, classes: palette } = colours();
  const image = new ImageData(SIDE, SIDE);
  for (let place = 0; place < SIDE * SIDE; place++) {
    let [best, red, green, blue] = [0, 0, 0, 0];
    for (let k = 0; k < classes; k++) {
      const share = shares[place * classes + k] ?? 0;
      const colour = palette[k] ?? card;
      best = Math.max(best, share);
      red += share * colour[0];
      green += share * colour[1];
      blue += share * colour[2];
    }
    const certainty = (best - 1 / classes) / (1 - 1 / classes);
    const ink = 0.75 * Math.sqrt(Math.max(0, certainty));
    const at = 4 * place;
    image.data[at] = card[0] + ink * (red - card[0]);
    image.data[at + 1] = card[1] + ink * (green - card[1]);
    image.data[at + 2] = card[2] + ink * (blue - card[2]);
    image.data[at + 3] = 255;
  }
  return image;
}

/** Shades of a ramp. */
const SHADES = 64;

/** Maps in shades of a colour each, one below the other: `maps` is `[map][place]`. */
export function shadeImages(maps: Float32Array, colourOf: (map: number) => Colour): ImageData {
  const places = SIDE * SIDE;
  const count = maps.length / places;
  const image = new ImageData(SIDE, SIDE * count);
  const pixels = new Uint32Array(image.data.buffer);
  for (let map = 0; map < count; map++) {
    const ramp = rampTo(colourOf(map));
    for (let k = map * places; k < (map + 1) * places; k++) pixels[k] = ramp[Math.round((maps[k] ?? 0) * (SHADES - 1))] ?? 0;
  }
  return image;
}

/** Pixels from the ground of a card to a colour. */
function rampTo(colour: Colour): Uint32Array {
  const { card } = colours();
  const bytes = new Uint8Array(4 * SHADES);
  for (let shade = 0; shade < SHADES; shade++) bytes.set([...mixed(card, colour, (0.85 * shade) / (SHADES - 1)), 255], 4 * shade);
  return new Uint32Array(bytes.buffer);
}
