import { decodeImage } from "#host/io/decode-image";
import { inFile, SpikeletError } from "../../errors.js";
import type { Bitmap } from "../../io/bitmap.js";
import { type Labels, namedLabels } from "../class-names.js";
import { fromImages } from "../create.js";
import type { SpikeDataset } from "../dataset.js";
import { fromWav } from "../from-wav.js";
import { resized } from "./resized.js";

/** A file of a data set. */
export interface SampleFile {
  /** Name of the file in errors. */
  path: string;
  read(): Promise<Uint8Array>;
}

/** Options of data sets of image and sound files. */
export interface FileOptions {
  /**
   * Height and width of the images, which are scaled to fill it and cut at their middle. By default their own if all have the same
   * and at most 64 pixels on each side, otherwise `[32, 32]`.
   */
  size?: readonly [height: number, width: number];
  /** Whether images keep their colours, as 3 channels; `false` by default. */
  colour?: boolean;
  /** Names of the classes; the first is class 0. By default those of the folders, sorted. */
  classes?: readonly string[];
  name?: string;
  /** Called with the number of files that are read. */
  onProgress?: (progress: { done: number; all: number }) => void;
  signal?: AbortSignal;
}

/** Pixels on a side up to which images keep their size. */
const MAX_OWN_SIDE = 64;
const DEFAULT_SIZE = [32, 32] as const;

const IMAGE = /\.(png|jpe?g)$/i;
const SOUND = /\.wav$/i;
/** Samples in formats that are not read; files that are no samples at all are passed over. */
const OTHER = /\.(webp|gif|bmp|tiff?|avif|heic|svg|mp3|ogg|opus|flac|m4a|aac|aiff?|mp4|webm|mov)$/i;

/** Whether a file is a sample; those in other formats are refused when they are read. */
export function isSample(path: string): boolean {
  return IMAGE.test(path) || SOUND.test(path) || OTHER.test(path);
}

/** Reads files of one kind as a data set. @throws {SpikeletError} `DATA_FORMAT` with the file at fault. */
export async function collected(
  files: readonly SampleFile[],
  labels: Labels | undefined,
  { size, colour = false, classes, name, onProgress, signal }: FileOptions,
): Promise<SpikeDataset> {
  const [first] = files;
  if (first === undefined) throw new SpikeletError("DATA_FORMAT", name ?? "files", "holds no PNG, JPEG or WAV files");
  const other = files.find(({ path }) => OTHER.test(path));
  if (other !== undefined)
    throw new SpikeletError("DATA_FORMAT", other.path, "is in a format that is not read: PNG, JPEG and WAV are");
  const areSounds = SOUND.test(first.path);
  const odd = files.find(({ path }) => SOUND.test(path) !== areSounds);
  if (odd !== undefined) {
    throw new SpikeletError("DATA_FORMAT", odd.path, `must be ${areSounds ? "a sound" : "an image"}, as ${first.path} is`);
  }
  // Labels are checked before the work.
  const targets = labels === undefined ? {} : namedLabels(labels, classes);
  async function* contents(): AsyncGenerator<{ file: SampleFile; bytes: Uint8Array }> {
    for (const [done, file] of files.entries()) {
      signal?.throwIfAborted();
      yield { file, bytes: await file.read() };
      onProgress?.({ done: done + 1, all: files.length });
    }
  }
  const named = name === undefined ? {} : { name };
  if (!areSounds) {
    const { pixels, shape } = await imagesOf(contents(), size, colour);
    return fromImages({ pixels, shape, ...named, ...targets });
  }
  const sounds: Uint8Array[] = [];
  for await (const { bytes } of contents()) sounds.push(bytes);
  try {
    return fromWav({ files: sounds, ...named, ...targets });
  } catch (thrown) {
    throw atFile(thrown, files);
  }
}

/** Names the file instead of its place in a list. */
function atFile(thrown: unknown, files: readonly SampleFile[]): unknown {
  if (!(thrown instanceof SpikeletError)) return thrown;
  const [start = "", place] = /^files\[(\d+)\]/.exec(thrown.path) ?? [];
  const file = files[Number(place)];
  if (file === undefined) return thrown;
  return new SpikeletError(thrown.code, `${file.path}${thrown.path.slice(start.length)}`, thrown.reason, thrown);
}

/** Pixels of all images, and the shape of one. */
async function imagesOf(
  contents: AsyncIterable<{ file: SampleFile; bytes: Uint8Array }>,
  given: readonly [number, number] | undefined,
  isColour: boolean,
): Promise<{ pixels: Uint8Array; shape: number[] }> {
  let size = given;
  let waiting: Bitmap[] = [];
  const images: Uint8Array[] = [];
  const take = (bitmap: Bitmap, [height, width]: readonly [number, number]) =>
    images.push(resized(bitmap, { height, width, isColour }));
  for await (const { file, bytes } of contents) {
    const bitmap = await decodeImage(bytes).catch((thrown: unknown) => {
      throw inFile(file.path, thrown);
    });
    const { width, height } = bitmap;
    const like = waiting[0] ?? bitmap;
    const isOwn = Math.max(width, height) <= MAX_OWN_SIDE && width === like.width && height === like.height;
    if (size === undefined && isOwn) {
      waiting.push(bitmap);
      continue;
    }
    size ??= DEFAULT_SIZE;
    for (const earlier of waiting) take(earlier, size);
    waiting = [];
    take(bitmap, size);
  }
  const [one] = waiting;
  const final = size ?? ([one?.height ?? 1, one?.width ?? 1] as const);
  for (const bitmap of waiting) take(bitmap, final);
  const shape = isColour ? [3, ...final] : [...final];
  const units = shape.reduce((product, side) => product * side, 1);
  const pixels = new Uint8Array(images.length * units);
  for (const [k, image] of images.entries()) pixels.set(image, k * units);
  return { pixels, shape };
}
