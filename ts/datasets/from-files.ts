import { type FieldChecks, fields } from "../check/fields.js";
import { numbers, refuse } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Labels } from "./class-names.js";
import type { SpikeDataset } from "./dataset.js";
import type { FileOptions } from "./files/collected.js";

/** Options of {@link fromFiles}. */
export interface FilesOptions extends FileOptions {
  /** Class of each file; by default the folder that it lies in. */
  labels?: Labels;
}

/**
 * Makes a data set from image or sound files, as a page gets them from `<input type="file" webkitdirectory multiple>`, from a drop
 * or, as blobs, from a canvas. Images become grey values of one size; sounds (WAV) keep their sample rate.
 *
 * @param files files with a folder in `webkitRelativePath`, which is their class, or blobs with `labels`. In Node they are PNG,
 * JPEG or WAV, in a page images of any format that the browser reads.
 * @throws {SpikeletError} `DATA_FORMAT` with the file that can't be read, is of another kind than the others or lies in no folder,
 * `SHAPE_MISMATCH` for sounds with other sample rates or channels than those before, `CONFIG_INVALID` for wrong options. An abort
 * throws the reason of the signal.
 */
export async function fromFiles(files: Iterable<Blob>, options: FilesOptions = {}): Promise<SpikeDataset> {
  const [{ collected, isSample }, { FILE_OPTIONS }] = await Promise.all([
    import("./files/collected.js"),
    import("./files/options.js"),
  ]);
  const checks: FieldChecks<FilesOptions> = { ...FILE_OPTIONS, labels: (value, path) => numbers(value, path) };
  const { labels, ...how } = fields<FilesOptions>(checks)(options, "");
  const given = blobsOf(files).map((blob, k) => ({
    path: pathOf(blob) ?? `files[${k}]${SUFFIXES[blob.type] ?? ""}`,
    read: async () => new Uint8Array(await blob.arrayBuffer()),
  }));
  if (labels !== undefined) {
    if (labels.length === given.length) return collected(given, labels, how);
    throw new SpikeletError(
      "SHAPE_MISMATCH",
      "labels",
      `must have ${given.length} entries for as many files, got ${labels.length}`,
    );
  }
  const samples = given.filter(({ path }) => isSample(path));
  const folders = samples.map(({ path }) => path.split("/").at(-2));
  const loose = folders.indexOf(undefined);
  if (loose >= 0)
    throw new SpikeletError("DATA_FORMAT", samples[loose]?.path ?? "", "lies in no folder that names its class: give labels");
  return collected(samples, folders as string[], how);
}

/** Ends of the names of blobs that have none, by their type. */
const SUFFIXES: Readonly<Record<string, string>> = { "image/png": ".png", "image/jpeg": ".jpg", "audio/wav": ".wav" };

function blobsOf(files: Iterable<Blob>): Blob[] {
  if (typeof files !== "object" || files === null || ArrayBuffer.isView(files) || !(Symbol.iterator in files))
    refuse("DATA_FORMAT", "files", "a list of files", files);
  return Array.from(files, (file: unknown, k) =>
    file instanceof Blob ? file : refuse("DATA_FORMAT", `files[${k}]`, "a File or Blob", file),
  );
}

/** Folder and name of a file; blobs have none. */
function pathOf(blob: Blob): string | undefined {
  const { webkitRelativePath, name } = blob as Partial<File>;
  return webkitRelativePath || name;
}
