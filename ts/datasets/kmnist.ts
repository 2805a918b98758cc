import { type ImageSet, imageSet } from "./folder-set.js";

/**
 * Kuzushiji-MNIST (Clanuwat et al. 2018): 70,000 cursive Japanese characters in 10 classes, files and parts like {@link mnist}.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export const kmnist: ImageSet = imageSet(
  { name: "kmnist" },
  {
    about: "Kuzushiji-MNIST from IDX files, packed or not",
    published: {
      title: "Kuzushiji-MNIST: cursive Japanese characters (Clanuwat et al. 2018)",
      source: "https://github.com/rois-codh/kmnist",
      licence: "CC BY-SA 4.0",
      samples: { train: 60_000, test: 10_000 },
      size: 21_200_000,
      mirrors: ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
      files: [
        {
          name: "train-images-idx3-ubyte.gz",
          md5: "bdb82020997e1d708af4cf47b453dcf7",
          sha256: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
          bytes: 18_165_135,
        },
        {
          name: "train-labels-idx1-ubyte.gz",
          md5: "e144d726b3acfaa3e44228e80efcd344",
          sha256: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
          bytes: 29_497,
        },
        {
          name: "t10k-images-idx3-ubyte.gz",
          md5: "5c965bf0a639b31b8f53240b1b52f4d7",
          sha256: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
          bytes: 3_041_136,
        },
        {
          name: "t10k-labels-idx1-ubyte.gz",
          md5: "7320c461ea6c1c855c0b718fb2a4b134",
          sha256: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
          bytes: 5_120,
        },
      ],
    },
  },
);
