import type { SpikeDataset } from "../../datasets/dataset.js";
import type { PublishedSet } from "../../datasets/published.js";
import type { Encoding } from "../../generated/config.js";
import type { ReadLimit } from "../../io/byte-budget.js";
import type { Json } from "../../json.js";
import type { BackendChoice } from "../../runtime/backend.js";

/** Options of a data set, which alone checks them. */
export type DataOptions = { [key: string]: Json };

/** Arguments of a loader. */
export interface LoadArguments extends ReadLimit {
  /** Folder or file; `null` where none was given. */
  dir: string | null;
  options: DataOptions;
  /** Steps of the network that will take the spikes, where there is one. */
  steps?: number | undefined;
  backend: BackendChoice;
  /** Whether samples may lack the labels that data of their kind have. */
  areLabelsOptional?: boolean;
  signal?: AbortSignal | undefined;
  /** Called with the progress of reading, by sets that take long. */
  onProgress?: ((progress: { done: number; all: number }) => void) | undefined;
}

/** A data set of the command line, with everything known about it. */
export interface DataSet {
  about: string;
  /** Default encoding; `null` if the samples are spikes. */
  encoding: Encoding | null;
  /** Whether it is read from a folder or file. */
  isRead: boolean;
  /** Where it comes from, under which licence, with its files and checksums, where it can be fetched. */
  published?: PublishedSet;
  load(args: LoadArguments): Promise<SpikeDataset>;
}
