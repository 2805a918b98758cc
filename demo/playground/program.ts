import randomSource from "../page/random.ts?raw";
import { configOf } from "./config.js";
import pointSource from "./data/point.ts?raw";
import { SETS } from "./data/sets.js";
import digestSource from "./digest.ts?raw";
import { DRAWN_CLASSES, PLACES } from "./drawn.js";
import dataSource from "./input/data-of.ts?raw";
import { encoderOf } from "./input/encoders.js";
import { HELD_OUT } from "./problem.js";
import type { Settings } from "./settings.js";

/** Characters of a line, beyond which an object takes several. */
const LINE = 110;

/** A program for Node that makes the network of these settings and prints the SHA-256 of what it has learnt. */
export function programOf(settings: Settings): string {
  const { data, drawn, input, noise, points, seed, steps } = settings;
  const set = data === "drawn" ? undefined : SETS[data];
  const { encoding, source } = encoderOf(input, steps);
  const config = literal(configOf(settings, set?.classes ?? DRAWN_CLASSES));
  const given = drawn.map(({ x, y, label }) => `[${Math.round(x * PLACES)}, ${Math.round(y * PLACES)}, ${label}]`);
  const pointsOfSet =
    set === undefined
      ? [
          `const learnt: Point[] = [${given.join(", ")}].map(([x = 0, y = 0, label = 0]) => ({ x: x / ${PLACES}, y: y / ${PLACES}, label }));`,
        ]
      : [
          `const learnt = pointsOf(${points}, ${noise / 100}, ${seed});`,
          `const others = pointsOf(${HELD_OUT}, ${noise / 100}, ${seed + 1000});`,
        ];
  const measured = set === undefined ? "learnt" : "others";
  return `${[
    "// Save as program.ts, then: npm install spikelet, and node program.ts (Node 22.18 or newer; npx tsx program.ts in older ones).",
    'import { type Config, createTrainer, datasets, type Encoding, type LayerParameters, type SpikeDataset } from "spikelet";',
    "",
    ...[pointSource, ...(set === undefined ? [] : [randomSource, set.source]), source, dataSource, digestSource].map(bare),
    ...pointsOfSet,
    "",
    `const encoding: Encoding = ${literal(encoding)};`,
    "",
    `const config: Config = ${config};`,
    "",
    "const trainer = await createTrainer(config);",
    "await trainer.run(dataOf(learnt, valuesOf, encoding));",
    `const { accuracy } = await trainer.evaluate(dataOf(${measured}, valuesOf, encoding));`,
    'console.log("accuracy", accuracy.decision);',
    'console.log("sha256", await digestOf(await trainer.parameters()));',
  ].join("\n")}\n`;
}

/** A module without what ties it to others. */
function bare(source: string): string {
  return `${source
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export /gm, "")
    .trim()}\n`;
}

/** Plain data as TypeScript. */
function literal(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const parts = (inner: string) =>
    Array.isArray(value)
      ? value.map((one) => literal(one, inner))
      : Object.entries(value).map(([name, one]) => `${name}: ${literal(one, inner)}`);
  const [open, close, pad] = Array.isArray(value) ? ["[", "]", ""] : ["{", "}", " "];
  const line = `${open}${pad}${parts(indent).join(", ")}${pad}${close}`;
  if (!line.includes("\n") && indent.length + line.length <= LINE) return line;
  return `${open}\n${parts(deeper)
    .map((part) => `${deeper}${part},\n`)
    .join("")}${indent}${close}`;
}
