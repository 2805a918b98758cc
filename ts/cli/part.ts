import type { SpikeDataset, Split } from "../datasets/dataset.js";
import { dataIdentity } from "../study/store/identity.js";
import type { OpenedCheckpoint } from "./checkpoint.js";
import { type DataArguments, type DataSource, dataSource, type LoadOptions, loadData, splitOf } from "./data.js";
import { say } from "./print.js";

/** A part of the data, or all of them. */
export type Part = keyof Split | "all";

export interface ChosenSamples {
  part: Part;
  samples: SpikeDataset;
  source: DataSource;
}

/**
 * The samples that a command shows to the network of a checkpoint: the part that was asked for; by default all samples of data that
 * the checkpoint was not trained on, otherwise the part `ofKnown`.
 */
export async function chosenSamples(
  args: DataArguments & { split?: Part | undefined },
  opened: Omit<OpenedCheckpoint, "network">,
  options: LoadOptions,
  ofKnown: Part = "test",
): Promise<ChosenSamples> {
  const source = dataSource(args, opened.known);
  const data = await loadData(source, options);
  const part = args.split ?? ((await isNew(args, source, data, opened)) ? "all" : ofKnown);
  if (part !== "all") return { part, samples: splitOf(source, data)[part], source };
  if (args.split === undefined) {
    say(`${source.dir ?? source.dataset}: all ${data.length} samples, on which the checkpoint was not trained`);
  }
  return { part, samples: data, source };
}

/** Whether data that were named reserve no test part and are not those that the checkpoint learnt from, wherever these lie now. */
async function isNew(
  { dataset, data: place }: DataArguments,
  source: DataSource,
  data: SpikeDataset,
  { known, identity }: Omit<OpenedCheckpoint, "network">,
): Promise<boolean> {
  if ((dataset === undefined && place === undefined) || data.info.testSamples) return false;
  if (known?.dataset !== source.dataset) return true;
  if (place !== undefined && known.dir === source.dir) return false;
  const { encoding } = known;
  return (await dataIdentity(splitOf(source, encoding ? data.encode(encoding) : data))) !== identity;
}
