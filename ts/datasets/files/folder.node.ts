import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "../../check/fields.js";
import { text } from "../../check/values.js";
import { SpikeletError } from "../../errors.js";
import { load } from "../../io/files.node.js";
import type { SpikeDataset } from "../dataset.js";
import { collected, type FileOptions, isSample, type SampleFile } from "./collected.js";
import { FILE_OPTIONS } from "./options.js";

const folderOptions = fields<FileOptions>(FILE_OPTIONS);

/** Folders of a data set that comes in parts, in the order of {@link SpikeDataset.split}. */
const PARTS = ["train", "validation", "test"];

interface Labelled extends SampleFile {
  label: string;
}

/**
 * Makes a data set from a folder of PNG, JPEG or WAV files with one folder for each class, whose name is that of the class. Images
 * become grey values of one size; sounds keep their sample rate. If the folder holds only `train` and `test` (and `validation`)
 * with the classes in them, `split` keeps these parts.
 *
 * @throws {SpikeletError} `DATA_FORMAT` with the folder or file for one that is missing, empty, damaged or of another kind,
 * `SHAPE_MISMATCH` for sounds with other sample rates or channels than those before, `CONFIG_INVALID` for wrong options. An abort
 * throws the reason of the signal.
 */
export async function fromFolder(dir: string, options: FileOptions = {}): Promise<SpikeDataset> {
  const { classes, ...how } = folderOptions(options, "");
  const folders = await foldersIn(text(dir, "dir"));
  const hasParts = folders.includes("train") && folders.includes("test") && folders.every((name) => PARTS.includes(name));
  const parts = hasParts ? PARTS.filter((part) => folders.includes(part)) : ["."];
  const files = await Promise.all(parts.map((part) => samplesIn(join(dir, part), classes)));
  const all = files.flat();
  const names = classes ?? [...new Set(all.map(({ label }) => label))].sort();
  const labels = all.map(({ label }) => label);
  const data = await collected(all, labels, { name: dir, ...how, classes: names });
  if (!hasParts) return data;
  const validation = parts.indexOf("validation");
  return data.withParts({
    testSamples: files.at(-1)?.length ?? 0,
    ...(validation > 0 && { validationSamples: files[validation]?.length ?? 0, isValidationFixed: true }),
  });
}

/** Files in the folders of classes. */
async function samplesIn(dir: string, classes: readonly string[] | undefined): Promise<Labelled[]> {
  const folders = await foldersIn(dir);
  if (folders.length === 0) throw new SpikeletError("DATA_FORMAT", dir, "must have a folder for each class, has none");
  const unknown = classes && folders.find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new SpikeletError("DATA_FORMAT", join(dir, unknown), `must be one of the classes ${classes?.join(", ")}`);
  }
  const found = await Promise.all(
    folders.map(async (label) => {
      const folder = join(dir, label);
      const names = (await readdir(folder)).filter((name) => !name.startsWith(".") && isSample(name)).sort();
      if (names.length === 0) throw new SpikeletError("DATA_FORMAT", folder, "holds no PNG, JPEG or WAV files");
      return names.map((name) => ({ label, path: join(folder, name), read: () => load(join(folder, name)) }));
    }),
  );
  return found.flat();
}

async function foldersIn(dir: string): Promise<string[]> {
  if (!existsSync(dir)) throw new SpikeletError("DATA_FORMAT", dir, "is missing");
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new SpikeletError("DATA_FORMAT", dir, "is not a folder that can be read", cause);
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}
