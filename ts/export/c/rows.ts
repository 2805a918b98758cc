import type { Draft } from "./draft.js";
import { block } from "./text.js";

/** A statement that adds `count` weights, times a value where there is one, to sums. */
export function addRow(draft: Draft, sums: string, weights: string, count: string, value: string | undefined): string {
  const { weight, sum } = draft.network;
  const [name, more, times] = value === undefined ? ["add", "", ""] : ["add_weighted", ", float value", " * value"];
  draft.helper(name, () =>
    block(`static void ${name}(${sum} *sums, const ${weight} *weights, int32_t count${more})`, [
      `for (int32_t k = 0; k < count; k++) sums[k] += weights[k]${times};`,
    ]),
  );
  return `${name}(${sums}, ${weights}, ${count}${value === undefined ? "" : `, ${value}`});`;
}
