import { nmnist as load, type NmnistOptions } from "../../datasets/nmnist.node.js";
import { common, stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

const MENDELEY = "https://data.mendeley.com/public-files/datasets/468j46mzdv/files/";

export const nmnist: DataSet = {
  about: "N-MNIST from the folders Train and Test of .bin files",
  encoding: null,
  isRead: true,
  published: {
    title: "N-MNIST: digits seen by an event camera (Orchard, Jayawant, Cohen, Thakor 2015)",
    source: "https://www.garrickorchard.com/datasets/n-mnist",
    licence: "CC BY-SA 4.0",
    samples: { train: 60_000, test: 10_000 },
    size: 1_200_000_000,
    mirrors: [],
    files: [
      {
        name: "Train.zip",
        md5: "20959b8e626244a1b502305a9e6e2031",
        unpacksTo: "Train",
        urls: [`${MENDELEY}39c25547-014b-4137-a934-9d29fa53c7a0/file_downloaded`],
      },
      {
        name: "Test.zip",
        md5: "69ca8762b2fe404d9b9bad1103e97832",
        unpacksTo: "Test",
        urls: [`${MENDELEY}05a4d654-7e03-4c15-bdfa-9bb2bcbea494/file_downloaded`],
      },
    ],
  },
  load: ({ dir, options, onProgress, ...rest }) =>
    load({
      ...stepped(options, rest.steps),
      ...common(rest),
      ...(onProgress && { onProgress }),
      dir: dir ?? "",
    } as NmnistOptions),
};
