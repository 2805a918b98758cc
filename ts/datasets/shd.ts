import { shd as load, type ShdOptions } from "../../datasets/shd.node.js";
import { limitOf, stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const shd: DataSet = {
  about: "SHD from shd_train.h5 and shd_test.h5, with the npm package h5wasm",
  encoding: null,
  isRead: true,
  published: {
    title: "SHD: spoken digits through a model of the cochlea (Cramer, Stradmann, Schemmel, Zenke 2020)",
    source: "https://zenkelab.org/resources/spiking-heidelberg-datasets-shd/",
    licence: "CC BY 4.0",
    samples: { train: 8156, test: 2264 },
    size: 170_000_000,
    mirrors: ["https://zenkelab.org/datasets/", "https://compneuro.net/datasets/"],
    files: [
      { name: "shd_train.h5.zip", md5: "f3252aeb598ac776c1b526422d90eecb", unpacksTo: "shd_train.h5" },
      { name: "shd_test.h5.zip", md5: "1503a5064faa34311c398fb0a1ed0a6f", unpacksTo: "shd_test.h5" },
    ],
  },
  load: ({ dir, options, steps, signal, ...limit }) => {
    return load({ ...limitOf(limit), ...stepped(options, steps), ...(signal ? { signal } : {}), dir: dir ?? "" } as ShdOptions);
  },
};
