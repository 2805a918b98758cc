import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "../check/fields.js";
import { text } from "../check/values.js";
import { inFile, SpikeletError } from "../errors.js";
import { byteLimit, type ReadLimit } from "../io/byte-budget.js";
import { load } from "../io/files.node.js";
import type { BackendChoice, IdxArray } from "../runtime/backend.js";
import { backendChoice } from "../runtime/options.js";
import { assemble } from "./create.js";
import type { SpikeDataset } from "./dataset.js";
import { parseIdx } from "./idx.js";

/** Where the four files of a data set in the layout of MNIST lie. */
export interface IdxFolderOptions extends ReadLimit {
  /** Folder with `train-images-idx3-ubyte` and so on, each plain or with `.gz`. */
  dir: string;
  backend?: BackendChoice;
}

const folderOptions = fields<IdxFolderOptions>({ dir: text, backend: backendChoice, maxBytes: byteLimit }, "dir");

/**
 * Reads images and labels, for training and for the test, from IDX files in a folder.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export async function readIdxFolder(set: string, options: IdxFolderOptions): Promise<SpikeDataset> {
  const { dir, ...how } = folderOptions(options, "");
  const read = (name: string, dimensions: number) => readIdx(dir, name, dimensions, how);
  // One after the other, so that of several that are missing the same one is named every time.
  const trainImages = await read("train-images-idx3-ubyte", 3);
  const testImages = await read("t10k-images-idx3-ubyte", 3);
  const trainLabels = await read("train-labels-idx1-ubyte", 1);
  const testLabels = await read("t10k-labels-idx1-ubyte", 1);
  sameImages(dir, trainImages, testImages);
  sameLength(dir, "train", trainImages, trainLabels);
  sameLength(dir, "t10k", testImages, testLabels);
  const [, height = 0, width = 0] = trainImages.shape;
  const units = height * width;
  const pixels = joined(trainImages.data, testImages.data);
  const labels = joined(trainLabels.data, testLabels.data);
  const validationSamples = Math.floor(trainLabels.data.length / 6);
  const info = { name: set, shape: [height, width], testSamples: testLabels.data.length, validationSamples };
  return assemble(info, { kind: "pixels", pixels, units }, labels.length, { labels });
}

async function readIdx(
  dir: string,
  name: string,
  dimensions: number,
  options: { backend?: BackendChoice } & ReadLimit,
): Promise<IdxArray> {
  const file = await findFile(dir, name);
  const bytes = await load(file);
  try {
    const array = await parseIdx(bytes, options);
    if (array.shape.length !== dimensions) {
      throw new SpikeletError("DATA_FORMAT", "", `must have ${dimensions} dimensions, has ${array.shape.length} (byte 3)`);
    }
    return array;
  } catch (thrown) {
    throw inFile(file, thrown);
  }
}

async function findFile(dir: string, name: string): Promise<string> {
  const candidates = [name, `${name}.gz`];
  try {
    const present = await readdir(dir);
    const found = candidates.find((candidate) => present.includes(candidate));
    if (found !== undefined) return join(dir, found);
  } catch (cause) {
    throw new SpikeletError("DATA_FORMAT", dir, "is not a folder that can be read", cause);
  }
  throw new SpikeletError("DATA_FORMAT", dir, `must contain ${candidates.join(" or ")}`);
}

function sameImages(dir: string, train: IdxArray, test: IdxArray): void {
  if (train.shape[1] === test.shape[1] && train.shape[2] === test.shape[2]) return;
  throw new SpikeletError("DATA_FORMAT", dir, "the images of the training and the test file differ in size");
}

function sameLength(dir: string, part: string, images: IdxArray, labels: IdxArray): void {
  if (images.shape[0] === labels.shape[0]) return;
  throw new SpikeletError("DATA_FORMAT", dir, `${part}: ${images.shape[0]} images, but ${labels.shape[0]} labels`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
