// What the second WebAssembly computes, as plain data.
import { createNetwork, parseNpy } from "spikelet";
import { loadBackend } from "spikelet/backend";
import { blots, CONFIG } from "./runs.mjs";

/** An NPY file of the bytes 7 and 9. */
const NPY = new Uint8Array([
  ...[0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 118, 0],
  ...new TextEncoder().encode(`${"{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }".padEnd(117)}\n`),
  ...[7, 9],
]);

/** @param {import("spikelet").PageOptions & { backend?: import("spikelet").BackendChoice }} options */
export async function withExtras({ backend: choice = "auto", ...page }) {
  const backend = await loadBackend(choice, page);
  const network = await createNetwork(CONFIG, { backend });
  const data = blots(8);
  const integers = await network.quantize({ calibration: data });
  const { classes, scores, clamped, layers } = await integers.predict(data);
  const file = await integers.exportModel();
  network.dispose();
  const { values } = await parseNpy(NPY, { backend });
  const spikes = layers.map((layer) => Array.from(layer.units));
  return { classes: [...classes], scores: [...scores], clamped, spikes, file: [...file], values: [...values] };
}
