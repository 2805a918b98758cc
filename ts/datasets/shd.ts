import { type CochleaSet, cochleaSet } from "./folder-set.js";

/**
 * SHD (Cramer, Stradmann, Schemmel, Zenke 2020): spoken digits in two languages, 20 classes, as spikes of 700 channels of a model
 * of the cochlea. Spikes of a channel in one step add up. Needs the npm package `h5wasm`.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the file if it is missing or damaged, or if `h5wasm` is not installed. An abort
 * throws the reason of the signal.
 */
export const shd: CochleaSet = cochleaSet(
  { name: "shd", train: "shd_train.h5", test: "shd_test.h5", seconds: 1.4 },
  {
    about: "SHD from shd_train.h5 and shd_test.h5, with the npm package h5wasm",
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
  },
);
