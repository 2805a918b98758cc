import type { Draft } from "./draft.js";
import type { CLayer } from "./network.js";
import { block, comment, type Lines } from "./text.js";

/** Channels whose units run together, place by place: sums of single floats depend on that order. */
export const BLOCK = 64;

/** An expression of the position at which a unit runs: blocks of channels, in each the places, at each the channels. */
export function positionOf(draft: Draft, { filters, places }: CLayer, channel: string, place: string): string {
  if (filters <= BLOCK) return `(${place}) * ${filters} + ${channel}`;
  const name = draft.helper("position", () => [
    ...comment("Blocks of 64 channels, in each the places, at each the channels."),
    ...block("static int32_t position(int32_t channel, int32_t place, int32_t channels, int32_t places)", [
      `const int32_t in_block = channel % ${BLOCK}, first = channel - in_block;`,
      `const int32_t size = channels - first < ${BLOCK} ? channels - first : ${BLOCK};`,
      "return first * places + place * size + in_block;",
    ]),
  ]);
  return `${name}(${channel}, ${place}, ${filters}, ${places})`;
}

/** A loop over the units of a layer by position `k`; `take` gets expressions of the unit and of the number of its constants. */
export function eachUnit({ filters, places, units }: CLayer, take: (unit: string, channel: string) => Lines): Lines {
  if (places === 1) return block(`for (int32_t k = 0; k < ${units}; k++)`, take("k", "k"));
  const channels = (from: string, end: string) =>
    block(`for (int32_t place = 0; place < ${places}; place++)`, [
      ...block(`for (int32_t channel = ${from}; ${end}; channel++, k++)`, take(`channel * ${places} + place`, "channel")),
    ]);
  if (filters <= BLOCK) return ["int32_t k = 0;", ...channels("0", `channel < ${filters}`)];
  return [
    "int32_t k = 0;",
    ...block(
      `for (int32_t first = 0; first < ${filters}; first += ${BLOCK})`,
      channels("first", `channel < first + ${BLOCK} && channel < ${filters}`),
    ),
  ];
}
