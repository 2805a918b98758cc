import { record } from "../check/fields.js";
import { type Check, finite, flag, listOf, text, whole } from "../check/values.js";
import type { Metrics } from "../generated/config.js";
import type { LayerOutline, NetworkOutline, OutlineInput, OutlineSource } from "../graph/outline.js";

const count = whole(0, Number.MAX_SAFE_INTEGER, "DATA_FORMAT");
const sizes = listOf(whole(1, Number.MAX_SAFE_INTEGER, "DATA_FORMAT"));
const place: Check<number | null> = (value, path) => (value === null ? null : count(value, path));

const source: Check<OutlineSource> = (value, path) => {
  const { layer, name, isFeedback } = record(value, path, "DATA_FORMAT");
  return {
    layer: place(layer, `${path}.layer`),
    name: text(name, `${path}.name`),
    isFeedback: flag(isFeedback, `${path}.isFeedback`),
  };
};

const input: Check<OutlineInput> = (value, path) => {
  const given = record(value, path, "DATA_FORMAT");
  return { text: text(given["text"], `${path}.text`), from: listOf(source)(given["from"], `${path}.from`) };
};

const layer: Check<LayerOutline> = (value, path) => {
  const given = record(value, path, "DATA_FORMAT");
  return {
    ...input(value, path),
    name: text(given["name"], `${path}.name`),
    spiking: place(given["spiking"], `${path}.spiking`),
    further: listOf(input)(given["further"], `${path}.further`),
    shape: sizes(given["shape"], `${path}.shape`),
    parameters: count(given["parameters"], `${path}.parameters`),
  };
};

/** What a figure reads of an outline is what its type says. */
export const networkOutline: Check<NetworkOutline> = (value, path) => {
  const given = record(value, path, "DATA_FORMAT");
  const layers = listOf(layer)(given["layers"], `${path}.layers`);
  const known: Check<number | null> = (value, path) =>
    value === null ? null : whole(0, layers.length - 1, "DATA_FORMAT")(value, path);
  for (const [k, { from, further }] of layers.entries()) {
    for (const { layer } of [from, ...further.map((one) => one.from)].flat()) known(layer, `${path}.layers[${k}].from`);
  }
  return { input: sizes(given["input"], `${path}.input`), layers };
};

/** What a figure of a network reads of metrics. */
export const networkMetrics: Check<
  Pick<Metrics, "synapticOperations" | "synapticOperationsByLayer"> & { spikes: Pick<Metrics["spikes"], "perUnit" | "perSample"> }
> = (value, path) => {
  const { spikes, synapticOperations, synapticOperationsByLayer = [] } = record(value, path, "DATA_FORMAT");
  const { perUnit, perSample } = record(spikes, `${path}.spikes`, "DATA_FORMAT");
  return {
    spikes: {
      perUnit: listOf(finite)(perUnit, `${path}.spikes.perUnit`),
      perSample: finite(perSample, `${path}.spikes.perSample`),
    },
    synapticOperations: finite(synapticOperations, `${path}.synapticOperations`),
    synapticOperationsByLayer: listOf(finite)(synapticOperationsByLayer, `${path}.synapticOperationsByLayer`),
  };
};
