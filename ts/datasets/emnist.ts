import { type ImageSet, imageSet } from "./folder-set.js";

/**
 * EMNIST balanced (Cohen, Afshar, Tapson, van Schaik 2017): 131,600 handwritten digits and letters in 47 classes, where letters that
 * look the same in upper and lower case are one class. Parts like {@link mnist}, in the folder `gzip` of the archive; images stand
 * upright, as those of MNIST do.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export const emnist: ImageSet = imageSet(
  { name: "emnist", train: "gzip/emnist-balanced-train", test: "gzip/emnist-balanced-test", isTransposed: true },
  {
    about: "EMNIST balanced, digits and letters, from IDX files in the folder gzip",
    published: {
      title: "EMNIST: handwritten digits and letters (Cohen, Afshar, Tapson, van Schaik 2017)",
      source: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
      licence: "none stated by its authors",
      samples: { train: 112_800, test: 18_800 },
      size: 562_000_000,
      mirrors: ["https://biometrics.nist.gov/cs_links/EMNIST/"],
      files: [{ name: "gzip.zip", md5: "58c8d27c78d21e728a6bc7b3cc06412e", unpacksTo: "gzip" }],
    },
  },
);
