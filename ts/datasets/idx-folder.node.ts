import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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
  /** Folder with `train-images-idx3-ubyte` and so on, under the names of the publisher, each plain or with `.gz`. */
  dir: string;
  backend?: BackendChoice;
}

const folderOptions = fields<IdxFolderOptions>({ dir: text, backend: backendChoice, maxBytes: byteLimit }, "dir");

/** A set in this layout, and its four files in their folder. */
export interface IdxFiles {
  name: string;
  /** Beginning of the names of the training files, before `-images-idx3-ubyte`; `train` by default. */
  train?: string;
  /** Beginning of the names of the test files; `t10k` by default. */
  test?: string;
  /** Whether the files have the columns of each image as rows. */
  isTransposed?: boolean;
}

/**
 * Reads images and labels, for training and for the test, from IDX files in a folder.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with file and byte offset for a missing, truncated or foreign file.
 */
export async function readIdxFolder(files: IdxFiles, options: IdxFolderOptions): Promise<SpikeDataset> {
  const { name: set, train = "train", test = "t10k", isTransposed = false } = files;
  const { dir, ...how } = folderOptions(options, "");
  const read = (name: string, dimensions: number) => readIdx(dir, name, dimensions, how);
  // One after the other, so that of several that are missing the same one is named every time.
  const trainImages = await read(`${train}-images-idx3-ubyte`, 3);
  const testImages = await read(`${test}-images-idx3-ubyte`, 3);
  const trainLabels = await read(`${train}-labels-idx1-ubyte`, 1);
  const testLabels = await read(`${test}-labels-idx1-ubyte`, 1);
  sameImages(dir, trainImages, testImages);
  sameLength(dir, train, trainImages, trainLabels);
  sameLength(dir, test, testImages, testLabels);
  const [, rows = 0, columns = 0] = trainImages.shape;
  const units = rows * columns;
  const stored = joined(trainImages.data, testImages.data);
  const [pixels, shape] = isTransposed ? [transposed(stored, rows, columns), [columns, rows]] : [stored, [rows, columns]];
  const labels = joined(trainLabels.data, testLabels.data);
  const validationSamples = Math.floor(trainLabels.data.length / 6);
  const info = { name: set, shape, testSamples: testLabels.data.length, validationSamples };
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

async function findFile(root: string, path: string): Promise<string> {
  const [inner, name] = [dirname(path), basename(path)];
  const dir = inner === "." ? root : join(root, inner);
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

/** Images of `rows` times `columns` with rows and columns exchanged. */
function transposed(pixels: Uint8Array, rows: number, columns: number): Uint8Array {
  const units = rows * columns;
  return pixels.map((_, index) => {
    const [start, place] = [index - (index % units), index % units];
    return pixels[start + (place % rows) * columns + Math.floor(place / rows)] ?? 0;
  });
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
