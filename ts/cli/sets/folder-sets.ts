import type { FolderSet, ImageSet } from "../../datasets/folder-set.js";
import * as datasets from "../../datasets/index.js";
import { limitOf, none, stepped } from "./arguments.js";
import { IMAGES } from "./images.js";
import type { DataSet } from "./set.js";

type Datasets = typeof datasets;

type NamesOf<Set> = { [Name in keyof Datasets]: Datasets[Name] extends Set ? Name : never }[keyof Datasets];

const folderSets = Object.entries(datasets).filter((entry): entry is [string, FolderSet] => "layout" in entry[1]);

/** Every data set of a layout that several share, by its name. */
export const FOLDER_SETS = Object.fromEntries(folderSets.map(([name, set]) => [name, dataSet(set)])) as {
  readonly [Name in NamesOf<FolderSet>]: DataSet;
};

/** Names of those that are images. */
export const IMAGE_SETS = folderSets.flatMap(([name, { layout }]) => (layout === "idx" ? [name] : [])) as NamesOf<ImageSet>[];

function dataSet(set: FolderSet): DataSet {
  const { about, published } = set;
  const common = { about, published, isRead: true };
  switch (set.layout) {
    case "idx":
      return {
        ...common,
        encoding: IMAGES,
        load: ({ dir, options, backend, ...limit }) => set({ ...limitOf(limit), dir: dir ?? "", backend }, ...none(options)),
      };
    case "cochlea":
      return {
        ...common,
        encoding: null,
        load: ({ dir, options, steps, signal, ...limit }) =>
          set({ ...limitOf(limit), ...stepped(options, steps), ...(signal ? { signal } : {}), dir: dir ?? "" }),
      };
  }
}
