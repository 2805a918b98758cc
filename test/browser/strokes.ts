import type { Stroke } from "../../demo/draw/pen.js";

/** Five made symbols, each as the strokes of a pen. */
export const SYMBOLS: Readonly<Record<string, readonly Stroke[]>> = {
  ring: [arc(0.5, 0.5, 0.3, 0, 2 * Math.PI)],
  bolt: [
    [
      [0.62, 0.15],
      [0.35, 0.52],
      [0.62, 0.52],
      [0.4, 0.88],
    ],
  ],
  cross: [
    [
      [0.2, 0.2],
      [0.8, 0.8],
    ],
    [
      [0.8, 0.2],
      [0.2, 0.8],
    ],
  ],
  roof: [
    [
      [0.15, 0.75],
      [0.5, 0.25],
      [0.85, 0.75],
      [0.15, 0.75],
    ],
  ],
  wave: [Array.from({ length: 25 }, (_, k) => [0.1 + (0.8 * k) / 24, 0.5 + 0.2 * Math.sin((4 * Math.PI * k) / 24)] as const)],
};

/** Further ones. */
export const MORE_SYMBOLS: Readonly<Record<string, readonly Stroke[]>> = {
  heart: [
    curve(41, (t) => {
      const angle = 2 * Math.PI * t;
      const high = 13 * Math.cos(angle) - 5 * Math.cos(2 * angle) - 2 * Math.cos(3 * angle) - Math.cos(4 * angle);
      return [0.5 + 0.32 * Math.sin(angle) ** 3, 0.48 - 0.02 * high];
    }),
  ],
  star: [curve(6, (t) => [0.5 + 0.38 * Math.sin(4 * Math.PI * t), 0.52 - 0.38 * Math.cos(4 * Math.PI * t)])],
  spiral: [curve(50, (t) => [0.5 + 0.38 * t * Math.cos(14 * t), 0.5 + 0.38 * t * Math.sin(14 * t)])],
  square: [curve(5, (t) => [0.5 + 0.42 * Math.sin(2 * Math.PI * t + 0.8), 0.5 + 0.42 * Math.cos(2 * Math.PI * t + 0.8)])],
  plus: [
    [
      [0.5, 0.15],
      [0.5, 0.85],
    ],
    [
      [0.15, 0.5],
      [0.85, 0.5],
    ],
  ],
  hook: [
    [
      [0.35, 0.2],
      [0.6, 0.2],
      [0.6, 0.7],
      [0.45, 0.85],
      [0.3, 0.7],
    ],
  ],
  smile: [arc(0.5, 0.35, 0.35, 0.5, 2.6)],
};

/** Places of a curve at times from 0 to 1. */
function curve(places: number, at: (t: number) => readonly [x: number, y: number]): Stroke {
  return Array.from({ length: places }, (_, k) => at(k / (places - 1)));
}

function arc(x: number, y: number, radius: number, from: number, to: number): Stroke {
  return Array.from({ length: 25 }, (_, k) => {
    const angle = from + ((to - from) * k) / 24;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
  });
}

/** Strokes as by an unsteady hand: turned, stretched, moved, each place a little off. */
export function unsteady(strokes: readonly Stroke[], seed: number): Stroke[] {
  const random = randomOf(seed);
  const away = (most: number) => most * (2 * random() - 1);
  const [turn, wide, high, dx, dy] = [away(0.25), 1 + away(0.2), 1 + away(0.2), away(0.08), away(0.08)];
  return strokes.map((stroke) =>
    stroke.map(([x, y]) => {
      const [u, v] = [wide * (x - 0.5) + away(0.02), high * (y - 0.5) + away(0.02)];
      return [
        within(0.5 + dx + u * Math.cos(turn) - v * Math.sin(turn)),
        within(0.5 + dy + u * Math.sin(turn) + v * Math.cos(turn)),
      ] as const;
    }),
  );
}

function within(share: number): number {
  return Math.min(0.98, Math.max(0.02, share));
}

function randomOf(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
