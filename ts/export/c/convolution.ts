import type { Axis, Window } from "../../infer/description.js";
import type { Draft } from "./draft.js";
import type { CConnection, CLayer } from "./network.js";
import { BLOCK, positionOf } from "./order.js";
import { addRow } from "./rows.js";
import { block, comment, type Lines } from "./text.js";

/** The name of a function that adds the weights of a spike, times its value where it has one, to the sums of all places that see it. */
export function convolution(
  draft: Draft,
  layer: CLayer,
  connection: CConnection,
  id: string,
  weights: string,
  isWeighted: boolean,
): string {
  const { filters } = layer;
  const { channels, groups, rows, columns } = connection.window as Window;
  const [seen, seeing] = [channels / groups, filters / groups];
  const [height, width] = [rows[0], columns[0]];
  const name = `convolve${isWeighted ? "_weighted" : ""}${id}`;
  const value = isWeighted ? "value" : undefined;
  const place = `top * ${columns[1]} + left`;
  const row = `row + (ky * ${columns[2]} + kx) * ${filters}`;
  const whole = [addRow(draft, `sums + ${positionOf(draft, layer, "first", place)}`, `${row} + first`, String(seeing), value)];
  const inBlocks = block(`for (int32_t filter = first, count; filter < first + ${seeing}; filter += count)`, [
    `count = ${BLOCK} - filter % ${BLOCK};`,
    `if (count > first + ${seeing} - filter) count = first + ${seeing} - filter;`,
    addRow(draft, `sums + ${positionOf(draft, layer, "filter", place)}`, `${row} + filter`, "count", value),
  ]);
  return draft.helper(name, () => [
    ...comment("Adds the weights of a spike to the sums of all places that see it."),
    ...block(`static void ${name}(${draft.network.sum} *sums, int32_t unit${isWeighted ? ", float value" : ""})`, [
      `const int32_t channel = unit / ${height * width}, y = unit % ${height * width} / ${width}, x = unit % ${width};`,
      `const int32_t first = ${groups === 1 ? "0" : `channel / ${seen} * ${seeing}`};`,
      `const ${draft.network.weight} *row = ${weights} + channel % ${seen} * ${rows[2] * columns[2] * filters};`,
      ...block(`for (int32_t ky = 0; ky < ${rows[2]}; ky++)`, [
        ...sight("top", "y", "ky", rows),
        ...block(`for (int32_t kx = 0; kx < ${columns[2]}; kx++)`, [
          ...sight("left", "x", "kx", columns),
          ...(filters > BLOCK ? inBlocks : whole),
        ]),
      ]),
    ]),
  ]);
}

/** Finds the place of the output that sees a place through a tap, and goes on where there is none. */
function sight(output: string, place: string, tap: string, [, count, , stride, dilation, padding]: Axis): Lines {
  const ahead = `${place} + ${padding} - ${tap} * ${dilation}`;
  if (stride === 1) return [`const int32_t ${output} = ${ahead};`, `if (${output} < 0 || ${output} >= ${count}) continue;`];
  return [
    `const int32_t ${output}_ahead = ${ahead}, ${output} = ${output}_ahead / ${stride};`,
    `if (${output}_ahead < 0 || ${output}_ahead % ${stride} != 0 || ${output} >= ${count}) continue;`,
  ];
}
