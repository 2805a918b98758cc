import type { CFunction } from "./decision.js";
import type { Draft } from "./draft.js";
import { isLayer } from "./network.js";
import { comment } from "./text.js";

/** The text of the header. */
export function header(draft: Draft, functions: readonly CFunction[]): string {
  const { network, style, fields, keepsInput } = draft;
  const { name, maxEvents } = style;
  const upper = name.toUpperCase();
  const units = network.nodes.filter(isLayer).map((layer) => layer.units);
  const isFloat = network.sum === "float";
  const about = isFloat
    ? ["Compile it with -ffp-contract=off and without -ffast-math: then the results have the bits of JavaScript."]
    : ["In whole numbers: the results are the same on every machine."];
  const declared = functions.flatMap(({ comment, head }) => ["", ...comment, `${head};`]);
  const lines = [
    ...comment(
      `A spiking network of ${[network.inputs, ...units].join("-")} units, written by Spikelet. C99, no heap, no mathematical library.`,
      ...about,
      "",
      `    static ${name}_state s;`,
      `    ${name}_reset(&s);`,
      `    while (!${name}_ended(&s)) ${name}_step(&s, ...);`,
    ),
    `#ifndef ${upper}_H`,
    `#define ${upper}_H`,
    "",
    "#include <stdint.h>",
    "",
    `#define ${upper}_INPUTS ${network.inputs}`,
    `#define ${upper}_OUTPUTS ${network.outputs}`,
    ...comment("Steps of a sample."),
    `#define ${upper}_STEPS ${network.steps}`,
    ...(keepsInput ? [...comment("Most events of the input at a step."), `#define ${upper}_MAX_EVENTS ${maxEvents}`] : []),
    "",
    "#ifdef __cplusplus",
    'extern "C" {',
    "#endif",
    "",
    ...comment("All that changes while a network runs, of which there may be several. The functions below read and write it."),
    "typedef struct {",
    ...fields.map((field) => `  ${field}`),
    `} ${name}_state;`,
    ...(network.classes
      ? ["", ...comment("Names of the outputs."), `extern const char *const ${name}_classes[${upper}_OUTPUTS];`]
      : []),
    ...declared,
    "",
    "#ifdef __cplusplus",
    "}",
    "#endif",
    "",
    "#endif",
  ];
  return `${lines.join("\n")}\n`;
}
