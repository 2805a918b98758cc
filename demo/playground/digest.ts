import type { LayerParameters } from "spikelet";

/** SHA-256 of all that a network has learnt, layer by layer, as the bytes of its float32 numbers. */
export async function digestOf(layers: readonly LayerParameters[]): Promise<string> {
  const arrays = layers.flatMap(({ weights, biases, learnt = {} }) => [weights, biases, ...Object.values(learnt)]);
  const bytes = new Uint8Array(await new Blob(arrays.map((array) => array.slice())).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
