import type { ResolvedConfig } from "../config.js";
import type { SpikeDataset, Split } from "../datasets/dataset.js";
import { sha256 } from "../study/store/sha256.js";
import type { Choice } from "./experiment.js";

/** SHA-256 of all samples and targets of the three parts, with their encoding. */
export async function hashOfData({ train, validation, test }: Split): Promise<string> {
  const parts = [train, validation, test].filter(({ length }) => length > 0);
  return sha256((await Promise.all(parts.map(hashOfPart))).join("\n"));
}

/** Names a run: what has the same one has the same result, whatever the threads. */
export async function runId(config: ResolvedConfig, dataHash: string, choice: Choice): Promise<string> {
  const { threads: _, ...training } = config.training;
  return (await sha256(canonical({ choice, config: { ...config, training }, data: dataHash }))).slice(0, 16);
}

async function hashOfPart(data: SpikeDataset): Promise<string> {
  const { descriptor, arrays } = data.wire();
  const named = Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = await Promise.all(named.map(async ([name, array]) => `${name} ${await sha256(array)}`));
  return sha256([descriptor, ...hashes].join("\n"));
}

/** JSON with the keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
