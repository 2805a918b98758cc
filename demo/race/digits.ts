import { datasets, type SpikeDataset } from "spikelet";
import { ENCODING } from "./settings.js";

export const SIDE = 28;
const VALIDATION = 600;

export interface Digits {
  train: SpikeDataset;
  validation: SpikeDataset;
}

/** The digits that come with the page, latency-coded. */
export async function loadDigits(): Promise<Digits> {
  const response = await fetch("./digits.bin");
  if (!response.ok || response.body === null) throw new Error(`the digits can't be loaded: ${response.status}`);
  const bytes = await new Response(response.body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  const samples = new DataView(bytes).getUint32(0, true);
  const all = digitsOf(new Uint8Array(bytes, 4 + samples), new Uint8Array(bytes, 4, samples));
  return { validation: all.slice(0, VALIDATION), train: all.slice(VALIDATION) };
}

export function digitsOf(pixels: Uint8Array, labels: ArrayLike<number>): SpikeDataset {
  return datasets.fromImages({ name: "digits", pixels, labels, shape: [SIDE, SIDE] }).encode(ENCODING);
}
