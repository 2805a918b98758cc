import { type ImageSet, imageSet } from "./folder-set.js";

/**
 * The full MNIST, 70,000 digits, from IDX files in a folder. `split({ seed })` makes 50,000 for training and 10,000 for
 * validation out of the training files; the 10,000 of the test files stay the test part.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export const mnist: ImageSet = imageSet(
  { name: "mnist" },
  {
    about: "MNIST from IDX files, packed or not",
    published: {
      title: "MNIST: handwritten digits (LeCun, Cortes, Burges)",
      source: "http://yann.lecun.com/exdb/mnist/",
      licence: "none stated by its authors; CC BY-SA 3.0 according to Keras",
      samples: { train: 60_000, test: 10_000 },
      size: 11_600_000,
      mirrors: [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
      ],
      files: [
        {
          name: "train-images-idx3-ubyte.gz",
          md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
          sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
          contentMd5: "6bbc9ace898e44ae57da46a324031adb",
          bytes: 9_912_422,
        },
        {
          name: "train-labels-idx1-ubyte.gz",
          md5: "d53e105ee54ea40749a09fcbcd1e9432",
          sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
          contentMd5: "a25bea736e30d166cdddb491f175f624",
          bytes: 28_881,
        },
        {
          name: "t10k-images-idx3-ubyte.gz",
          md5: "9fb629c4189551a2d022fa330f9573f3",
          sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
          contentMd5: "2646ac647ad5339dbf082846283269ea",
          bytes: 1_648_877,
        },
        {
          name: "t10k-labels-idx1-ubyte.gz",
          md5: "ec29112dd5afa0611ce80d1b7f02629c",
          sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
          contentMd5: "27ae3e4e09519cfbb04c329615203637",
          bytes: 4542,
        },
      ],
    },
  },
);
