// The parts of the library, from the loops at the bottom to what people use.
import { arrow, BLUE, box, svg, text, VERMILLION } from "./svg.mjs";

const WIDTH = 440;
const HEIGHT = 576;
const LEFT = 12;
const RIGHT = WIDTH - 12;

/** Rows from the top: name, what it does, height; `halves` stand side by side. */
const ROWS = [
  {
    names: [
      ["command line", "ts/cli"],
      ["your program", ""],
      ["a web page", "demo"],
    ],
    colour: "currentColor",
  },
  { names: [["typed API", "ts: networks, trainers, data sets, encoders, figures"]], colour: BLUE },
  {
    names: [
      ["Node addon", "bindings/node"],
      ["WebAssembly", "bindings/wasm, in a worker"],
    ],
    colour: BLUE,
  },
  { names: [["session", "threads, errors, one façade for all bindings"]], colour: VERMILLION },
  { names: [["io", "checkpoints, files of data and of other programs"]], colour: VERMILLION },
  { names: [["training", "losses, rules, backward pass, optimisers: no files, no clock"]], colour: VERMILLION },
  {
    names: [
      ["network", "layers, states, forward pass"],
      ["encode", "encoders, drawn data sets"],
    ],
    colour: VERMILLION,
  },
  { names: [["config, data", "what a user writes, spike trains, random draws"]], colour: VERMILLION },
  { names: [["kernels", "SIMD loops, each with a plain twin, compared bit for bit"]], colour: VERMILLION },
];
const ROW = 60;
const BOX = 44;

const parts = ROWS.flatMap(({ names, colour }, row) => {
  const y = 8 + ROW * row;
  const gap = 12;
  const width = (RIGHT - LEFT - gap * (names.length - 1)) / names.length;
  const boxes = names.flatMap(([name = "", about = ""], k) => {
    const x = LEFT + k * (width + gap);
    return [
      box(x, y, width, BOX, { colour, fill: colour, fillOpacity: 0.1 }),
      text(x + width / 2, y + (about === "" ? 27 : 19), name, { anchor: "middle", isBold: true }),
      ...(about === "" ? [] : [text(x + width / 2, y + 36, about, { anchor: "middle", size: 12, opacity: 0.85 })]),
    ];
  });
  const middle = (LEFT + RIGHT) / 2;
  return row === ROWS.length - 1 ? boxes : [...boxes, arrow([middle, y + BOX + 1], [middle, y + ROW - 1])];
});

export const architecture = svg(
  WIDTH,
  HEIGHT,
  "Command line, programs and pages use the typed API; it calls the Node addon or the WebAssembly, both of which call the session, which calls io, training, network, encode, data, config and kernels, in Rust",
  [
    ...parts,
    text(LEFT, HEIGHT - 10, "TypeScript", { isBold: true, colour: BLUE }),
    text(LEFT + 92, HEIGHT - 10, "Rust", { isBold: true, colour: VERMILLION }),
  ],
);
