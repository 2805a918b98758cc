import { type ImageSet, imageSet } from "./folder-set.js";

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 70,000 images of clothes in 10 classes, files and parts like {@link mnist}.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export const fashionMnist: ImageSet = imageSet(
  { name: "fashionMnist" },
  {
    about: "Fashion-MNIST from IDX files, packed or not",
    published: {
      title: "Fashion-MNIST: clothes (Xiao, Rasul, Vollgraf 2017)",
      source: "https://github.com/zalandoresearch/fashion-mnist",
      licence: "MIT",
      samples: { train: 60_000, test: 10_000 },
      size: 30_900_000,
      mirrors: [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      ],
      files: [
        {
          name: "train-images-idx3-ubyte.gz",
          md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
          sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
          contentMd5: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
          bytes: 26_421_880,
        },
        {
          name: "train-labels-idx1-ubyte.gz",
          md5: "25c81989df183df01b3e8a0aad5dffbe",
          sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
          contentMd5: "9018921c3c673c538a1fc5bad174d6f9",
          bytes: 29_515,
        },
        {
          name: "t10k-images-idx3-ubyte.gz",
          md5: "bef4ecab320f06d8554ea6380940ec79",
          sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
          contentMd5: "8181f5470baa50b63fa0f6fddb340f0a",
          bytes: 4_422_102,
        },
        {
          name: "t10k-labels-idx1-ubyte.gz",
          md5: "bb300cfdad3c16e7a12a480ee83cd310",
          sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
          contentMd5: "15d484375f8d13e6eb1aabb0c3f46965",
          bytes: 5148,
        },
      ],
    },
  },
);
