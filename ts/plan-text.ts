import type { LayerInfo, LayerPlan } from "./network-info.js";

const ERRORS: Record<LayerPlan["errors"], string> = {
  loss: "spike gradients from the loss",
  product: "spike gradients by a product with the next layer's weights at every step",
  rows: "spike gradients by rows from units of the next layer that have one",
  carried: "spike gradients carried along from what the output injects",
  broadcast: "spike gradients broadcast from the output by weights of their own",
  none: "no spike gradients",
};

const TIMES: Record<LayerPlan["times"], string> = {
  loss: "time gradients from the loss",
  listed: "time gradients by a row of weights for each spike",
  rows: "time gradients by a row of weights for each spike",
  none: "no time gradients",
};

const WITHIN: Record<NonNullable<LayerPlan["within"]>, string> = {
  rows: "within the layer by rows from the units that need an error",
  product: "within the layer by a product with its recurrent weights at every step",
  rowsOfAll: "within the layer by rows from all units at every step",
};

/** The plan of a layer in words: how errors reach it, what that costs, and what would be cheaper. */
export function planLines({ units, plan }: LayerInfo, index: number): string[] {
  const name = `layer ${index}`.padEnd(10);
  return plan.flatMap((pass, number) => [
    `${number === 0 ? `${name} ${units} units: ` : " ".repeat(11)}${routes(pass)}`,
    `           costs ${pass.cost.join(" + ")}`,
    ...(pass.cheaper === undefined ? [] : [`           cheaper with ${pass.cheaper.join(", ")}`]),
  ]);
}

function routes({ errors, times, within }: LayerPlan): string {
  return [ERRORS[errors], TIMES[times], ...(within === undefined ? [] : [WITHIN[within]])].join("; ");
}
