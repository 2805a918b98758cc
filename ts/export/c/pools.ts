import { type Draft, overlap } from "./draft.js";
import { each, readsInput, type Take } from "./events.js";
import type { CPool } from "./network.js";
import { block, comment, type Lines } from "./text.js";

/** Scratch of max pools: events of each unit, and the most of each output. */
export interface PoolScratch {
  tally: number;
  most: number;
}

/** Scratch that a pool needs. */
export function scratchOf(draft: Draft, { selects, origins, window: { channels, rows, columns } }: CPool): PoolScratch {
  if (!selects) return { tally: 0, most: 0 };
  const tally = draft.mayRepeat(origins) ? channels * rows[0] * columns[0] : 0;
  return { tally, most: channels * rows[1] * columns[1] };
}

/** The function that lets the events of a step through a pool. */
export function pool(draft: Draft, node: CPool): Lines {
  const { number, selects, origins, window } = node;
  draft.addList(number);
  const { units, count, values } = draft.list(number);
  const isWeighted = draft.isWeighted(number);
  const average: Take = (value = "1.0f") => [
    ...(isWeighted ? [`${values}[count] = ${value};`] : []),
    `${units}[count++] = (${draft.unit})output;`,
  ];
  const repeats = draft.mayRepeat(origins);
  const most: Take = () => [
    `if (s->most[output] == 0) ${units}[count++] = (${draft.unit})output;`,
    repeats ? "if (s->most[output] < s->tally[unit]) s->most[output] = s->tally[unit];" : "s->most[output] = 1;",
  ];
  const { channels, rows, columns } = window;
  const name = selects ? "A max pool" : "An average pool, whose factor is in the weights behind it,";
  return [
    ...comment(`${name} on ${channels} x ${rows[0]} x ${columns[0]} places.`),
    ...block(`static void node${number}(${draft.style.name}_state *s${readsInput(origins) ? ", const events *input" : ""})`, [
      ...draft.now([number, ...origins.map(({ number }) => number)]),
      "int32_t count = 0;",
      ...(selects && repeats ? each(draft, origins, () => ["s->tally[unit]++;"]) : []),
      ...leave(draft, node, selects ? most : average),
      ...(selects ? rest(draft, node, repeats) : []),
      `${count} = count;`,
    ]),
  ];
}

/** Passes each event to the output of each window in which its unit lies: windows from the last on, in each round all events. */
function leave(draft: Draft, { origins, window: { rows, columns } }: CPool, take: Take): Lines {
  const [places, width] = [rows[0] * columns[0], columns[0]];
  const [backRows, backColumns] = [overlap(rows), overlap(columns)];
  const events = each(draft, origins, (value) => [
    `const int32_t y = unit % ${places} / ${width}, x = unit % ${width};`,
    `const int32_t top = y / ${rows[3]}${backRows > 1 ? " - up" : ""}, left = x / ${columns[3]}${backColumns > 1 ? " - back" : ""};`,
    `if (top < 0 || top >= ${rows[1]} || y - top * ${rows[3]} >= ${rows[2]}) continue;`,
    `if (left < 0 || left >= ${columns[1]} || x - left * ${columns[3]} >= ${columns[2]}) continue;`,
    `const int32_t output = (unit / ${places} * ${rows[1]} + top) * ${columns[1]} + left;`,
    ...take(value),
  ]);
  const across = backColumns > 1 ? block(`for (int32_t back = 0; back < ${backColumns}; back++)`, events) : events;
  return backRows > 1 ? block(`for (int32_t up = 0; up < ${backRows}; up++)`, across) : across;
}

/** Sends further spikes of the outputs whose window has a unit with several, and clears the scratch. */
function rest(draft: Draft, { number, origins }: CPool, repeats: boolean): Lines {
  const { units } = draft.list(number);
  const clear = `for (int32_t k = 0; k < first; k++) s->most[${units}[k]] = 0;`;
  if (!repeats) return ["const int32_t first = count;", clear];
  return [
    "const int32_t first = count;",
    ...block("for (int32_t k = 0; k < first; k++)", [
      `const ${draft.unit} output = ${units}[k];`,
      `for (int32_t more = 1; more < s->most[output]; more++) ${units}[count++] = output;`,
    ]),
    clear,
    ...each(draft, origins, () => ["s->tally[unit] = 0;"]),
  ];
}
