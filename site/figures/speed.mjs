// Speed beside four libraries, from a committed record.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/stamps.mjs";
import { BLUE, box, path, svg, text } from "./svg.mjs";

const RECORD = "benches/results/2026-11-28-amd-epyc-2-cores-compare.json";
const NAMES = /** @type {Record<string, string>} */ ({
  spyx: "Spyx (JAX)",
  spikingjelly: "SpikingJelly (PyTorch)",
  norse: "Norse (PyTorch)",
  snntorch: "snnTorch (PyTorch)",
  loops: "PyTorch loops",
});

const LEFT = 166;
const WIDTH = 440;
const ROW = 26;
const TOP = 78;

/**
 * @typedef {{ samples: number, seconds: number }} Turn
 * @type {{ rows: { peer: string, name: string, phase: string, batch: number, turns: { other: Turn, ours: Turn }[] }[] }}
 */
const { rows } = JSON.parse(readFileSync(join(ROOT, RECORD), "utf8"));
const training = rows.filter(({ name, phase, batch }) => name === "mnist" && phase === "train" && batch === 128);

/** @param {Turn[]} turns */
function rate(turns) {
  const rates = turns.map(({ samples, seconds }) => samples / seconds).sort((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)] ?? 0;
}

const ours = training.map(({ turns }) => rate(turns.map(({ ours }) => ours)));
const bars = [
  { name: "Spikelet", rate: Math.min(...ours), isOurs: true },
  ...training
    .map(({ peer, turns }) => ({ name: NAMES[peer] ?? peer, rate: rate(turns.map(({ other }) => other)), isOurs: false }))
    .sort((a, b) => b.rate - a.rate),
];

/** A logarithmic axis. @param {number} value */
const x = (value) => LEFT + ((WIDTH - LEFT - 70) * Math.log10(value / 10)) / Math.log10(50_000 / 10);
const bottom = TOP + ROW * bars.length;

export const speed = svg(
  WIDTH,
  bottom + 44,
  `Samples trained in a second, ${bars.map(({ name, rate }) => `${name} ${Math.round(rate)}`).join(", ")}`,
  [
    text(12, 22, "Samples per second in training", { isBold: true, size: 14 }),
    text(12, 42, "784-800-10 over 300 steps, batch 128", { opacity: 0.8 }),
    text(12, 60, "Logarithmic scale; two threads of an AMD EPYC, 2026-11-28", { opacity: 0.8 }),
    ...[10, 100, 1_000, 10_000].flatMap((value) => [
      path(
        [
          [x(value), TOP - 4],
          [x(value), bottom],
        ],
        { opacity: 0.25, width: 1 },
      ),
      text(x(value), bottom + 18, value.toLocaleString("en-US"), { anchor: "middle", opacity: 0.8 }),
    ]),
    ...bars.flatMap(({ name, rate, isOurs }, k) => [
      text(LEFT - 10, TOP + ROW * k + 16, name, { anchor: "end", isBold: isOurs }),
      box(x(10), TOP + ROW * k + 3, x(rate) - x(10), ROW - 8, {
        fill: isOurs ? BLUE : "currentColor",
        fillOpacity: isOurs ? 1 : 0.45,
        radius: 2,
        width: 0,
      }),
      text(x(rate) + 8, TOP + ROW * k + 16, Math.round(rate).toLocaleString("en-US"), { isBold: isOurs }),
    ]),
  ],
);
