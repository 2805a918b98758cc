import { spokenDigits as load, type SpokenDigitsOptions } from "../../datasets/spoken-digits.node.js";
import { encode } from "../../encode.js";
import type { DataSet } from "./set.js";

export const spokenDigits: DataSet = {
  about: "spoken digits from WAV files, options heldOut and validation (speakers of both parts) and copies (variations to learn)",
  encoding: encode.logMel({
    window: 256,
    hop: 80,
    mels: 20,
    encoding: encode.delta({ threshold: 1, maxSpikes: 3, start: -7 }),
  }),
  isRead: true,
  published: {
    title: "Free Spoken Digit Dataset (Jackson and others 2016)",
    source: "https://github.com/Jakobovski/free-spoken-digit-dataset",
    licence: "CC BY-SA 4.0",
    samples: { train: 2700, test: 300 },
    size: 20_000_000,
    mirrors: [],
    files: [
      {
        name: "free-spoken-digit-dataset.zip",
        contentsSha256: "1801eae019c063377d98f831d3f93574f259475df7332bb0e3d1b080fb5e6959",
        inside: "free-spoken-digit-dataset-master/",
        unpacksTo: "recordings",
        urls: ["https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/heads/master.zip"],
      },
    ],
  },
  load: ({ dir, options, signal }) => {
    return load({ ...options, ...(signal ? { signal } : {}), dir: dir ?? "" } as SpokenDigitsOptions);
  },
};
