// How close kernels come to the ceiling of a machine, and what they take there, from committed records of `spikelet bench kernels`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shapeText, timeText } from "../../dist/kernels/format.js";
import { ROOT } from "../../scripts/stamps.mjs";
import { BLUE, circle, GREEN, path, svg, text, VERMILLION } from "./svg.mjs";

/** @typedef {import("../../dist/kernels/record.js").KernelRecord} KernelRecord */

const ENGINES = [
  { name: "AVX-512", file: "native", way: "avx512", colour: BLUE, isHollow: false },
  { name: "AVX2", file: "native", way: "avx2", colour: BLUE, isHollow: true },
  { name: "Chromium", file: "chromium", way: "simd128", colour: VERMILLION, isHollow: false },
  { name: "Firefox", file: "firefox", way: "simd128", colour: VERMILLION, isHollow: true },
  { name: "WebKitGTK", file: "webkit", way: "simd128", colour: GREEN, isHollow: true },
].map(({ file, way, ...engine }) => {
  /** @type {KernelRecord} */
  const { lines } = JSON.parse(readFileSync(join(ROOT, `benches/results/kernels/${file}.json`), "utf8"));
  /** @type {Map<string, KernelRecord["lines"][number]>} */
  const standard = new Map();
  for (const line of lines) if (line.way === way && !standard.has(line.kernel)) standard.set(line.kernel, line);
  return { ...engine, standard };
});

const native = ENGINES[0]?.standard ?? new Map();

/**
 * Share of the ceiling in the fastest round of a kernel's standard shape.
 *
 * @param {string} kernel
 */
const shareOf = (kernel, standard = native) => standard.get(kernel)?.share?.ofCeiling ?? 0;

/** Kernels, that furthest below its ceiling first. */
const kernels = [...native.keys()].sort((a, b) => shareOf(a) - shareOf(b));

const LEFT = 158;
const WIDTH = 470;
const ROW = 19;
const TOP = 84;
const BOTTOM = TOP + ROW * kernels.length;

/** @param {number} share */
const x = (share) => LEFT + (WIDTH - LEFT - 44) * share;

/** Rows of the table of the page: a kernel with its standard shape, and its time in each engine. */
export const kernelRows = kernels.map((kernel) => {
  const shape = shapeText(native.get(kernel)?.shape ?? {});
  const times = ENGINES.map(({ standard }) => timeText(standard.get(kernel)?.nanoseconds.median ?? 0));
  return `| \`${kernel}\` | ${[shape, ...times].join(" | ")} |`;
});

export const kernelShares = svg(
  WIDTH,
  BOTTOM + 44,
  `Share of the ceiling with AVX-512: ${kernels.map((kernel) => `${kernel} ${Math.round(100 * shareOf(kernel))} %`).join(", ")}`,
  [
    text(12, 22, "Share of the ceiling", { isBold: true, size: 14 }),
    text(12, 42, "One thread of an AMD EPYC; each kernel at its standard shape", { opacity: 0.8 }),
    ...ENGINES.flatMap(({ name, colour, isHollow }, k) => [
      dot(18 + 88 * k, 60, colour, isHollow),
      text(26 + 88 * k, 64, name, { size: 12 }),
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      path(
        [
          [x(share), TOP - 6],
          [x(share), BOTTOM],
        ],
        { opacity: 0.25, width: 1 },
      ),
      text(x(share), BOTTOM + 18, `${100 * share} %`, { anchor: "middle", opacity: 0.8 }),
    ]),
    ...kernels.flatMap((kernel, row) => {
      const y = TOP + ROW * row + 8;
      return [
        text(LEFT - 10, y + 4, kernel, { anchor: "end" }),
        ...ENGINES.map(({ standard, colour, isHollow }) => dot(x(shareOf(kernel, standard)), y, colour, isHollow)),
      ];
    }),
  ],
);

/**
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {boolean} isHollow
 */
function dot(x, y, colour, isHollow) {
  return circle(x, y, 4, isHollow ? { colour, width: 1.5 } : { colour, fill: colour });
}
