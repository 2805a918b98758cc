import type { ResolvedConfig } from "../../config.js";
import type { Network } from "../../network.js";
import type { LearntLayer } from "../../plot/index.js";

/** Learnt constants and delays, layer by layer with weights; undefined where nothing is learnt. Fixed delays are left out. */
export async function learntOf(network: Network): Promise<LearntLayer[] | undefined> {
  if (!learnsMore(network.config)) return undefined;
  const learns = learnsOf(network.config);
  const parameters = await network.parameters();
  return parameters.map(({ learnt = {} }, layer) => {
    const { delays, ...constants } = learnt;
    return { learnt: learns[layer]?.delays && delays !== undefined ? { ...constants, delays } : constants };
  });
}

/** Means of these, by `layers.0.threshold` and so on. */
export function meansOf(learnt: readonly LearntLayer[]): Map<string, number> {
  const means = learnt.flatMap(({ learnt = {} }, layer) =>
    Object.entries(learnt).map(([name, values]): [string, number] => {
      return [`layers.${layer}.${name}`, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
  return new Map(means);
}

/** Whether training changes more than weights and biases. */
export function learnsMore(config: ResolvedConfig): boolean {
  return learnsOf(config).some(({ constants, delays }) => constants || delays);
}

function learnsOf({ network }: ResolvedConfig): { constants: boolean; delays: boolean }[] {
  return network.layers.flatMap((layer) => {
    if (!("neuron" in layer || "units" in layer || "channels" in layer || layer.type === "oneToOne")) return [];
    const constants = layer.neuron?.learn ?? network.neuron?.learn ?? [];
    return { constants: constants.length > 0, delays: layer.type === "dense" && layer.delays?.learn === true };
  });
}
