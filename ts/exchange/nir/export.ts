import { fields } from "../../check/fields.js";
import { instanceOf, oneOf } from "../../check/values.js";
import { type OwnBytes, ownBytes } from "../../io/bytes.js";
import { Network } from "../../network.js";
import { exportedGraph } from "./exported-graph.js";
import { writeGraph } from "./hdf5.js";
import { Clock, NIR_OPTIONS, type NirOptions } from "./options.js";

/** Options of {@link exportNir}. */
export interface NirExportOptions extends NirOptions {
  /**
   * How biases of neurons with a synaptic current are written: `leak` (default) as the resting potential `v_leak`, which is
   * exact; `affine` as a current, which reaches the same membrane with a delay, for readers that do not support `v_leak`.
   */
  bias?: "leak" | "affine";
}

/** A NIR file, and how exactly it describes the network. */
export interface ExportedNetwork {
  bytes: OwnBytes;
  /** Sentences on what another program will compute differently; empty if nothing. */
  approximations: string[];
}

const exportOptions = fields<NirExportOptions>({ ...NIR_OPTIONS, bias: oneOf("leak", "affine") });

/**
 * A NIR file with the network, whatever its graph: `CubaLIF` neurons, `LIF` where the synaptic current does not outlast a step
 * (`currentDecay: 0`), or `IF` where beside that the membrane does not decay, behind `Linear`, `Affine`, `Conv2d`, `Conv1d` and
 * `Scale`; `AvgPool2d` and `Flatten`; a readout as `CubaLI`, `LI` or `I`; feedback and recurrent connections as loops, for which NIR
 * states no delay; delays by input as a `Delay` before the weights. Learnt constants and delays have their present values. Needs the
 * npm package `h5wasm`.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of what NIR can't express: max pools, pools of sequences, adaptive thresholds
 * and adaptation currents, other resets than to 0, a refractory period, decays of 1 but for `IF`, delays by connection, feedback that
 * closes no loop.
 */
export async function exportNir(network: Network, options: NirExportOptions = {}): Promise<ExportedNetwork> {
  instanceOf(Network, "a network")(network, "network");
  const { bias = "leak", h5wasm } = exportOptions(options, "");
  const { graph, approximations } = exportedGraph(network, await network.parameters(), { clock: new Clock(options), bias });
  return { bytes: ownBytes(await writeGraph(graph, h5wasm)), approximations };
}
