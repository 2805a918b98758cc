import type { CFunction } from "./decision.js";
import { Draft, type Style } from "./draft.js";
import { functionsOf } from "./functions.js";
import { header } from "./header.js";
import { layer, scratchOf as scratchOfLayers } from "./layers.js";
import { type CNetwork, isLayer } from "./network.js";
import { pool, scratchOf as scratchOfPool } from "./pools.js";
import { block, type Lines, quoted } from "./text.js";

/** The two files of a network. */
export interface CFiles {
  /** Text of `NAME.h`. */
  header: string;
  /** Text of `NAME.c`. */
  source: string;
}

/** Writes a network. */
export function written(network: CNetwork, style: Style): CFiles {
  const draft = new Draft(network, style);
  draft.field("uint32_t", "step");
  addScratch(draft);
  const nodes = network.nodes.map((node) => (isLayer(node) ? layer(draft, node) : pool(draft, node)));
  const functions = functionsOf(draft);
  return { header: header(draft, functions), source: source(draft, nodes, functions) };
}

function addScratch(draft: Draft): void {
  const { nodes, sum } = draft.network;
  const layers = nodes.filter(isLayer);
  const { arriving, sums } = scratchOfLayers(layers);
  draft.field(sum, "arriving", arriving);
  if (sums > 0) draft.field(sum, "sums", sums);
  const pools = nodes.flatMap((node) => (isLayer(node) ? [] : [scratchOfPool(draft, node)]));
  const [tally, most] = [Math.max(0, ...pools.map(({ tally }) => tally)), Math.max(0, ...pools.map(({ most }) => most))];
  if (tally > 0) draft.field("uint16_t", "tally", tally);
  if (most > 0) draft.field("uint16_t", "most", most);
}

function source(draft: Draft, nodes: readonly Lines[], functions: readonly CFunction[]): string {
  const { style, network, unit } = draft;
  const { name } = style;
  const events = block("typedef struct", [
    `const ${unit} *units;`,
    ...(style.values ? ["const float *values;"] : []),
    "int32_t count;",
  ]);
  const classes = network.classes
    ? [
        [
          `const char *const ${name}_classes[${name.toUpperCase()}_OUTPUTS] = {`,
          ...network.classes.map((one) => `  ${quoted(one)},`),
          "};",
        ],
      ]
    : [];
  const parts: Lines[] = [
    [`#include "${name}.h"`, "", ...(network.sum === "float" ? ["#include <float.h>"] : []), "#include <string.h>"],
    ...(network.sum === "float" ? [ARITHMETIC] : []),
    ...draft.tables,
    ...classes,
    [...events.slice(0, -1), "} events;"],
    ...draft.helpers.values(),
    ...nodes,
    ...functions.map(({ head, body }) => block(head, body)),
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Every operation is rounded to single precision, none is fused with another. */
const ARITHMETIC: Lines = [
  "#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16",
  '#error "floats have to be computed in single precision: -msse2 -mfpmath=sse on x86"',
  "#endif",
  "#ifdef __FAST_MATH__",
  '#error "-ffast-math changes the results"',
  "#endif",
  "#if defined(__GNUC__) && !defined(__clang__)",
  '#pragma GCC optimize("fp-contract=off")',
  "#else",
  "#pragma STDC FP_CONTRACT OFF",
  "#endif",
];
