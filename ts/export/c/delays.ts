import type { Draft } from "./draft.js";
import { each, type Take } from "./events.js";
import type { CConnection, CLayer } from "./network.js";
import { block, type Lines } from "./text.js";

/** Keeps events for as long as the longest delay, by the step at which they set out, and adds those that arrive now, oldest first. */
export function delayedByInput(draft: Draft, { origins, delays }: CConnection, id: string, add: Take): Lines {
  const slots = slotsOf(delays);
  const capacity = draft.capacity(origins);
  const isWeighted = origins.some(({ number }) => draft.isWeighted(number));
  const at = draft.field("int32_t", `at${id}`);
  const late = draft.field(draft.unit, `late${id}`, slots, capacity);
  const values = isWeighted ? draft.field("float", `late_values${id}`, slots, capacity) : undefined;
  const counts = draft.field("int32_t", `late_count${id}`, slots);
  const steps = draft.table(typeOf(slots), `delays${id}`, delays);
  return [
    `int32_t sent${id} = 0;`,
    ...each(draft, origins, (value = "1.0f") => [
      ...(values === undefined ? [] : [`${values}[${at}][sent${id}] = ${value};`]),
      `${late}[${at}][sent${id}++] = (${draft.unit})unit;`,
    ]),
    `${counts}[${at}] = sent${id};`,
    ...block(`for (int32_t age = ${slots - 1}; age >= 0; age--)`, [
      `const int32_t from = ${at} < age ? ${at} - age + ${slots} : ${at} - age;`,
      ...block(`for (int32_t n = 0; n < ${counts}[from]; n++)`, [
        `const int32_t unit = ${late}[from][n];`,
        `if (${steps}[unit] != age) continue;`,
        ...add(values && `${values}[from][n]`),
      ]),
    ]),
    next(at, slots),
  ];
}

/** Keeps sums of what arrives at this step and later ones; `sums` are those of this step, `end` follows once they were read. */
export function delayedByConnection(
  draft: Draft,
  { units }: CLayer,
  { origins, delays }: CConnection,
  id: string,
  weights: string,
) {
  const slots = slotsOf(delays);
  const at = draft.field("int32_t", `at${id}`);
  const ring = draft.field(draft.network.sum, `ring${id}`, slots, units);
  const steps = draft.table(typeOf(slots), `delays${id}`, delays);
  const statements = each(draft, origins, (value) =>
    block(`for (int32_t n = 0; n < ${units}; n++)`, [
      `const int32_t to = ${at} + ${steps}[unit * ${units} + n];`,
      `${ring}[to < ${slots} ? to : to - ${slots}][n] += ${weights}[unit * ${units} + n]${value === undefined ? "" : ` * ${value}`};`,
    ]),
  );
  return { statements, sums: `${ring}[${at}]`, end: next(at, slots) };
}

/** Steps from which something may arrive later than it set out, and this one. */
function slotsOf(delays: ArrayLike<number>): number {
  return 1 + Array.from(delays).reduce((longest, steps) => Math.max(longest, steps), 0);
}

function typeOf(slots: number): string {
  return slots <= 0x100 ? "uint8_t" : "uint16_t";
}

function next(at: string, slots: number): string {
  return `${at} = ${at} + 1 < ${slots} ? ${at} + 1 : 0;`;
}
