/** A file as its publisher offers it. */
export interface PublishedFile {
  name: string;
  /** MD5 of the file, as published. */
  md5: string;
  /** SHA-256 of the file, where somebody has published it. Without it the file is fetched over https alone. */
  sha256?: string;
  /** MD5 of what a `.gz` file holds, where it is known: files of the same content are often packed anew. */
  contentMd5?: string;
  /** Bytes, where they are known for certain. */
  bytes?: number;
  /** What an archive is unpacked to: a file or a folder beside it. */
  unpacksTo?: string;
  /** Addresses that differ from the base addresses of the set. */
  urls?: readonly string[];
}

/** A data set that can be fetched. */
export interface PublishedSet {
  title: string;
  source: string;
  licence: string;
  samples: { train: number; test: number };
  /** About how much is fetched, in bytes. */
  size: number;
  /** Base addresses, the first that answers is used. */
  mirrors: readonly string[];
  files: readonly PublishedFile[];
}

const MEGABYTE = 1_000_000;
const MENDELEY = "https://data.mendeley.com/public-files/datasets/468j46mzdv/files/";

/** Data sets by the name that `--dataset` takes. */
export const CATALOGUE = {
  mnist: {
    title: "MNIST: handwritten digits (LeCun, Cortes, Burges)",
    source: "http://yann.lecun.com/exdb/mnist/",
    licence: "none stated by its authors; CC BY-SA 3.0 according to Keras",
    samples: { train: 60_000, test: 10_000 },
    size: 11.6 * MEGABYTE,
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
  fashionMnist: {
    title: "Fashion-MNIST: clothes (Xiao, Rasul, Vollgraf 2017)",
    source: "https://github.com/zalandoresearch/fashion-mnist",
    licence: "MIT",
    samples: { train: 60_000, test: 10_000 },
    size: 30.9 * MEGABYTE,
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
  kmnist: {
    title: "Kuzushiji-MNIST: cursive Japanese characters (Clanuwat et al. 2018)",
    source: "https://github.com/rois-codh/kmnist",
    licence: "CC BY-SA 4.0",
    samples: { train: 60_000, test: 10_000 },
    size: 21.2 * MEGABYTE,
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
  nmnist: {
    title: "N-MNIST: digits seen by an event camera (Orchard, Jayawant, Cohen, Thakor 2015)",
    source: "https://www.garrickorchard.com/datasets/n-mnist",
    licence: "CC BY-SA 4.0",
    samples: { train: 60_000, test: 10_000 },
    size: 1200 * MEGABYTE,
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
  shd: {
    title: "SHD: spoken digits through a model of the cochlea (Cramer, Stradmann, Schemmel, Zenke 2020)",
    source: "https://zenkelab.org/resources/spiking-heidelberg-datasets-shd/",
    licence: "CC BY 4.0",
    samples: { train: 8156, test: 2264 },
    size: 170 * MEGABYTE,
    mirrors: ["https://zenkelab.org/datasets/", "https://compneuro.net/datasets/"],
    files: [
      { name: "shd_train.h5.zip", md5: "f3252aeb598ac776c1b526422d90eecb", unpacksTo: "shd_train.h5" },
      { name: "shd_test.h5.zip", md5: "1503a5064faa34311c398fb0a1ed0a6f", unpacksTo: "shd_test.h5" },
    ],
  },
} as const satisfies Record<string, PublishedSet>;

export type PublishedName = keyof typeof CATALOGUE;

/** A file of a set of unknown size may have this many times the size of the set. */
const SIZE_SLACK = 1.5;

/** Bytes that a file has at most. */
export function maxBytesOf(set: PublishedSet, file: PublishedFile): number {
  return file.bytes ?? Math.ceil(set.size * SIZE_SLACK);
}

/**
 * The addresses of a file, the mirrors in their order; `mirror` comes first. Those without encryption are left out where no SHA-256 would show a
 * file that was changed on its way.
 */
export function addressesOf(set: PublishedSet, file: PublishedFile, mirror?: string): string[] {
  const bases = mirror === undefined ? [] : [mirror.endsWith("/") ? mirror : `${mirror}/`];
  const own = file.urls ?? set.mirrors.map((base) => base + file.name);
  const all = [...bases.map((base) => base + file.name), ...own];
  return file.sha256 === undefined ? all.filter((address) => address.startsWith("https:")) : all;
}
