import type { Draft } from "./draft.js";
import type { Origin } from "./network.js";
import { block, type Lines } from "./text.js";

/** Statements for an event: `unit` is its unit, `value` an expression of its value, `undefined` where all are 1. */
export type Take = (value: string | undefined) => Lines;

/** Loops over the events of origins, in their order. */
export function each(draft: Draft, origins: readonly Origin[], take: Take): Lines {
  return origins.flatMap(({ number, isBefore, offset }) => {
    const isInput = number === 0;
    const list = isInput ? INPUT : draft.list(number, isBefore);
    const value = draft.isWeighted(number) ? (isInput ? "value" : `${list.values}[k]`) : undefined;
    const unit = `const int32_t unit = ${offset > 0 ? `${offset} + ` : ""}${list.units}[k];`;
    const ofInput = value === "value" ? ["const float value = input->values ? input->values[k] : 1.0f;"] : [];
    return block(`for (int32_t k = 0; k < ${list.count}; k++)`, [unit, ...ofInput, ...take(value)]);
  });
}

const INPUT = { units: "input->units", count: "input->count", values: "input->values" };

/** Whether events of the input are among those of origins. */
export function readsInput(origins: readonly Origin[]): boolean {
  return origins.some(({ number }) => number === 0);
}
