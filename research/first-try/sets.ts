import { join } from "node:path";
import { datasets, type SpikeDataset, type Split } from "spikelet";
import { gestures } from "../datasets/gestures.js";
import { shapes } from "../datasets/shapes.js";

const SEED = 1;
/** Training samples of the set that is learnt from few images. */
const FEW = 5000;

/** The six sets of a first try, each with its three parts, by the folder of the data that are read. */
export const SETS: Readonly<Record<string, (dir: string) => Promise<Split>>> = {
  yinYang: async () => (await datasets.yinYang()).split({ seed: SEED }),
  digits: async () => (await datasets.digits()).split({ seed: SEED }),
  gestures: async () => withValidation(gestures()),
  shapes: async () => withValidation(shapes()),
  spokenDigits: async (dir) => (await datasets.spokenDigits({ dir: join(dir, "spoken-digits") })).split({ seed: SEED }),
  mnist: async (dir) => (await datasets.mnist({ dir: join(dir, "mnist") })).split({ seed: SEED, train: FEW, validation: 1000 }),
};

function withValidation({ train, test }: { train: SpikeDataset; test: SpikeDataset }): Split {
  return { ...train.split({ seed: SEED, test: 0 }), test };
}
