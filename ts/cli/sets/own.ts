import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "../../check/values.js";
import type { FileOptions } from "../../datasets/files/collected.js";
import { fromFolder } from "../../datasets/files/folder.node.js";
import { type CsvOptions, readSeries } from "../../datasets/from-csv.js";
import { longTableIn, longTableText, readTable, type TableOptions } from "../../datasets/from-table.js";
import type { LongTable } from "../../datasets/long-table.js";
import { encode } from "../../encode.js";
import { inFile } from "../../errors.js";
import { load } from "../../io/files.node.js";
import { quoted } from "../quoted.js";
import { IMAGES } from "./images.js";
import type { DataOptions, DataSet, LoadArguments } from "./set.js";
import { spokenDigits } from "./spoken-digits.js";

const folder = ({ dir, options, signal, onProgress }: LoadArguments) =>
  fromFolder(dir ?? "", { ...(options as FileOptions), ...(signal && { signal }), ...(onProgress && { onProgress }) });

export const images: DataSet = {
  about: "PNG and JPEG files in a folder for each class, --data DIR, options size, colour, classes",
  encoding: IMAGES,
  isRead: true,
  load: folder,
};

export const sounds: DataSet = {
  about: "WAV files in a folder for each class, --data DIR, option classes",
  encoding: spokenDigits.encoding,
  isRead: true,
  load: folder,
};

export const table: DataSet = {
  about: "a table with a line for each sample, --data FILE.csv, options label, values, ranges, classes, delimiter",
  encoding: encode.latency({ first: 0, last: 24, skipZero: false }),
  isRead: true,
  load: ({ dir, options, areLabelsOptional }) =>
    read(dir, (content) => readTable(content, options as TableOptions, { areLabelsOptional, remedy: byCommand })),
};

function byCommand({ channels, sample, label }: LongTable): string {
  const options = [`channels=${JSON.stringify(channels)}`, `sample=${sample}`, `label=${label}`];
  return `--dataset series ${options.map((one) => `--set ${quoted(`data.options.${one}`)}`).join(" ")}`;
}

/** A table as signals, where its lines are points in time, and what says so. */
export async function signalsOf(file: string, table: DataOptions): Promise<{ options: DataOptions; why: string } | undefined> {
  const long = await read(file, (content) => longTableIn(content, table));
  if (long === undefined) return undefined;
  const { channels, sample, label } = long;
  const { classes, delimiter } = table;
  const options = { channels, sample, label, ...(classes && { classes }), ...(delimiter && { delimiter }) };
  return { options, why: `${longTableText(long)}; it is read as signals of ${channels.join(", ")}` };
}

export const series: DataSet = {
  about:
    "a table with a line for each point in time, --data FILE.csv, options channels, sample, label, classes, sampleRate, unit",
  encoding: encode.delta({ threshold: 0.1, start: 0, maxSpikes: 3 }),
  isRead: true,
  load: ({ dir, options, areLabelsOptional }) =>
    read(dir, (content) => readSeries(content, options as unknown as CsvOptions, { areLabelsOptional })),
};

async function read<T>(file: string | null, parse: (content: string) => Promise<T>): Promise<T> {
  const bytes = await load(text(file, "dir"));
  try {
    return await parse(new TextDecoder().decode(bytes));
  } catch (thrown) {
    throw inFile(file ?? "", thrown);
  }
}

/** What a folder or file holds that was given without a name: a set of this file, or none. */
export function ownSet(place: string): "images" | "sounds" | "table" | undefined {
  if (/\.csv$/i.test(place)) return "table";
  try {
    const inner = readdirSync(place, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith("."),
    );
    for (const { name } of inner) {
      const found = kindIn(join(place, name), 1);
      if (found !== undefined) return found;
    }
  } catch {
    // What can't be read is refused by whoever reads it.
  }
  return undefined;
}

/** The kind of the first sample in a folder, or in those inside of it. */
function kindIn(dir: string, depth: number): "images" | "sounds" | undefined {
  for (const name of readdirSync(dir).sort()) {
    if (/\.(png|jpe?g)$/i.test(name)) return "images";
    if (/\.wav$/i.test(name)) return "sounds";
    if (depth > 0 && !name.startsWith(".") && statSync(join(dir, name)).isDirectory()) {
      const found = kindIn(join(dir, name), depth - 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
