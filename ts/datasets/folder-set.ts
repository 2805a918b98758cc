import { type CochleaFiles, readCochleaFolder, type ShdOptions } from "#host/datasets/cochlea-folder";
import { type IdxFiles, type IdxFolderOptions, readIdxFolder } from "#host/datasets/idx-folder";
import type { SpikeDataset } from "./dataset.js";
import type { PublishedSet } from "./published.js";

/** What is known of a published data set. */
export interface Publication {
  /** What it is, in a line. */
  readonly about: string;
  readonly published: PublishedSet;
}

/** Loader of images in four IDX files, with what is known of them. */
export interface ImageSet extends Publication {
  (options: IdxFolderOptions): Promise<SpikeDataset>;
  readonly layout: "idx";
}

/** Loader of spikes of a model of the cochlea in HDF5 files, with what is known of them. */
export interface CochleaSet extends Publication {
  (options: ShdOptions): Promise<SpikeDataset>;
  readonly layout: "cochlea";
}

/** Loader of a published data set whose files lie in a folder. */
export type FolderSet = ImageSet | CochleaSet;

/** @internal A set of images in the layout of MNIST. */
export function imageSet(files: IdxFiles, publication: Publication): ImageSet {
  const load = (options: IdxFolderOptions) => readIdxFolder(files, options);
  return Object.assign(load, { layout: "idx" as const, ...publication });
}

/** @internal A set of spikes in the layout of SHD. */
export function cochleaSet(files: CochleaFiles, publication: Publication): CochleaSet {
  const load = (options: ShdOptions) => readCochleaFolder(files, options);
  return Object.assign(load, { layout: "cochlea" as const, ...publication });
}
