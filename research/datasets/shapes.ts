import { datasets, type SpikeDataset } from "spikelet";
import { type DrawnSetOptions, drawPart } from "./drawn-set.js";
import type { Draws } from "./draws.js";

/** What is drawn, by label. */
export const SHAPE_CLASSES = ["circle", "triangle", "square", "star", "cross", "crescent"] as const;

/** Height and width of an image in pixels. */
export const SHAPE_SIZE = 28;

/** Signed distance of a point from the edge of a shape of radius 1 about the origin, in radii; below 0 inside. */
type Distance = (x: number, y: number) => number;

/**
 * Grey images of six shapes, each filled or drawn as a line, of any angle, at any place. Size, proportions, width of the line,
 * brightness of shape and ground, and noise vary, and up to three short lines lie about. A single pixel says little about the
 * shape.
 *
 * @returns images `[28, 28]` with labels 0 to 5, those of {@link SHAPE_CLASSES}: 2,400 samples for training and 600 for the test
 * by default, without an encoding.
 */
export function shapes(options: DrawnSetOptions = {}): { train: SpikeDataset; test: SpikeDataset } {
  const { seed = 1, train = 2400, test = 600 } = options;
  const part = (partSeed: number, count: number) => {
    const { samples, labels } = drawPart(partSeed, count, SHAPE_CLASSES.length, image);
    const pixels = new Uint8Array(count * SHAPE_SIZE ** 2);
    for (const [k, sample] of samples.entries()) pixels.set(sample, k * SHAPE_SIZE ** 2);
    return datasets.fromImages({ pixels, labels, shape: [SHAPE_SIZE, SHAPE_SIZE], name: "shapes" });
  };
  return { train: part(2 * seed, train), test: part(2 * seed + 1, test) };
}

function image(label: number, draws: Draws): Uint8Array {
  const inks = [drawnShape(label, draws), ...Array.from({ length: draws.below(4) }, () => shortLine(draws))];
  const ground = draws.uniform(0, 0.25);
  const brightness = inks.map((_, k) => (k === 0 ? draws.uniform(0.55, 1) : draws.uniform(0.4, 0.8)));
  const noise = draws.uniform(0.02, 0.08);
  const pixels = new Uint8Array(SHAPE_SIZE ** 2);
  for (let row = 0; row < SHAPE_SIZE; row++) {
    for (let column = 0; column < SHAPE_SIZE; column++) {
      let value = ground;
      for (const [k, ink] of inks.entries()) {
        const covered = coverage(ink, column, row);
        value = Math.max(value, ground + covered * ((brightness[k] ?? 1) - ground));
      }
      pixels[row * SHAPE_SIZE + column] = Math.round(255 * Math.min(1, Math.max(0, value + draws.normal(noise))));
    }
  }
  return pixels;
}

/** Signed distance of a point of the image from the edge of what is drawn, in pixels; below 0 where the ink lies. */
type Ink = (x: number, y: number) => number;

/** Part of a pixel that ink covers, 0 to 1, as if its edge were straight. */
function coverage(ink: Ink, column: number, row: number): number {
  return Math.min(1, Math.max(0, 0.5 - ink(column + 0.5, row + 0.5)));
}

function drawnShape(label: number, draws: Draws): Ink {
  const radius = draws.uniform(6.5, 10.5);
  const [centreX, centreY] = [
    draws.uniform(radius + 1, SHAPE_SIZE - radius - 1),
    draws.uniform(radius + 1, SHAPE_SIZE - radius - 1),
  ];
  const angle = draws.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const flattened = draws.uniform(0.85, 1);
  const distance = DISTANCES[label]?.(draws) ?? (() => 1);
  const isFilled = draws.uniform() < 0.5;
  const halfLine = draws.uniform(0.6, 1.1);
  return (x, y) => {
    const [right, down] = [(x - centreX) / radius, (y - centreY) / radius];
    const far = radius * distance(cos * right + sin * down, (cos * down - sin * right) / flattened);
    return isFilled ? far : Math.abs(far + halfLine) - halfLine;
  };
}

const DISTANCES: readonly ((draws: Draws) => Distance)[] = [
  () => (x, y) => Math.hypot(x, y) - 1,
  () => polygon(Array.from({ length: 3 }, (_, k) => corner(1, k / 3))),
  () => polygon(Array.from({ length: 4 }, (_, k) => corner(1, k / 4))),
  (draws) => {
    const inner = draws.uniform(0.38, 0.48);
    return polygon(Array.from({ length: 10 }, (_, k) => corner(k % 2 === 0 ? 1 : inner, k / 10)));
  },
  (draws) => {
    const beam = draws.uniform(0.22, 0.34);
    return (x, y) => Math.min(box(x, y, 0.95, beam), box(x, y, beam, 0.95));
  },
  (draws) => {
    const [shift, inner] = [draws.uniform(0.45, 0.6), draws.uniform(0.75, 0.85)];
    return (x, y) => Math.max(Math.hypot(x, y) - 1, inner - Math.hypot(x - shift, y));
  },
];

type Point = readonly [number, number];

function corner(radius: number, turns: number): Point {
  return [radius * Math.cos(2 * Math.PI * turns), radius * Math.sin(2 * Math.PI * turns)];
}

function box(x: number, y: number, halfWidth: number, halfHeight: number): number {
  return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
}

/** Distance from a polygon: from its nearest edge, with the sign of whether a ray from the point leaves it. */
function polygon(corners: readonly Point[]): Distance {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let isInside = false;
    for (const [k, [x1, y1]] of corners.entries()) {
      const [x2, y2] = corners[(k + 1) % corners.length] as Point;
      nearest = Math.min(nearest, fromLine(x, y, x1, y1, x2, y2));
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    return isInside ? -nearest : nearest;
  };
}

function fromLine(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [along, across] = [x2 - x1, y2 - y1];
  const place = Math.min(1, Math.max(0, ((x - x1) * along + (y - y1) * across) / (along ** 2 + across ** 2)));
  return Math.hypot(x - x1 - place * along, y - y1 - place * across);
}

function shortLine(draws: Draws): Ink {
  const [x1, y1] = [draws.uniform(0, SHAPE_SIZE), draws.uniform(0, SHAPE_SIZE)];
  const angle = draws.uniform(0, 2 * Math.PI);
  const length = draws.uniform(1, 5);
  const halfLine = draws.uniform(0.4, 0.8);
  const [x2, y2] = [x1 + length * Math.cos(angle), y1 + length * Math.sin(angle)];
  return (x, y) => fromLine(x, y, x1, y1, x2, y2) - halfLine;
}
