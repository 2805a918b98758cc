import { fields } from "../check/fields.js";
import { listOf, refuse, text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { SpikeDataset } from "./dataset.js";
import { fromSeries, SIGNAL_INFO, type SignalInfo } from "./from-series.js";
import type { TableReading } from "./from-table.js";
import { cellOf, checkClass, fault, labelsOf, numberOf, tableOf } from "./table.js";

/** What the columns of a table mean. */
export interface CsvOptions extends SignalInfo {
  /** Names of the columns that are the channels. */
  channels: readonly string[];
  /** Column whose value changes where the next sample begins; without it each text is one sample. */
  sample?: string;
  /** Column with the class of the sample: its number, or its name. */
  label?: string;
  /** Names of the classes: the first is class 0. By default those in the table, sorted, if none of them is a number. */
  classes?: readonly string[];
  /** Separator of values; a comma by default. */
  delimiter?: string;
}

const csvOptions = fields<CsvOptions>(
  {
    ...SIGNAL_INFO,
    channels: listOf(text, "CONFIG_INVALID"),
    sample: text,
    label: text,
    classes: listOf(text, "CONFIG_INVALID"),
    delimiter: text,
  },
  "channels",
);

interface Sample {
  channels: number[][];
  /** As the table has it. */
  label: string | undefined;
}

/**
 * A data set of signals from tables of comma-separated values: the first line names the columns, each further line is one point
 * in time.
 *
 * @param texts one table, or several of the same columns.
 * @throws {SpikeletError} `CONFIG_INVALID` for wrong options, `DATA_FORMAT` with table and line for columns that are missing or
 * there twice, for what is no number or class, and for a class that changes within a sample.
 */
export async function fromCsv(texts: string | readonly string[], options: CsvOptions): Promise<SpikeDataset> {
  return readSeries(texts, options);
}

/** @internal {@link fromCsv}, also for samples whose classes are not known. */
export async function readSeries(
  texts: string | readonly string[],
  options: CsvOptions,
  { areLabelsOptional = false }: TableReading = {},
): Promise<SpikeDataset> {
  const { channels, sample, label, classes, delimiter, ...info } = csvOptions(options, "");
  if (classes !== undefined && label === undefined) throw wrong("classes", "needs label, the column that holds them");
  if (delimiter === "" || /["\r\n\ufeff]/.test(delimiter ?? ""))
    refuse("CONFIG_INVALID", "delimiter", "what parts values", delimiter);
  if (channels.length === 0) throw wrong("channels", "must have at least 1 column, has none");
  const tables = typeof texts === "string" ? [text(texts, "texts")] : listOf(text)(texts, "texts");
  for (const [t, content] of tables.entries()) refusePath(content, typeof texts === "string" ? "texts" : `texts[${t}]`);
  const required = new Set([...channels, sample, areLabelsOptional ? undefined : label].filter((name) => name !== undefined));
  const samples: Sample[] = [];
  for (const [t, content] of tables.entries()) {
    const table = await tableOf(content, delimiter ?? ",", required, `texts[${t}]`);
    if (sample === undefined && table.rows.length === 0)
      throw fault(`texts[${t}]`, "has no lines below the names of its columns");
    let last: string | undefined;
    for (const row of table.rows) {
      const path = `texts[${t}], line ${row.line}`;
      const key = sample === undefined ? "" : cellOf(table, row, sample);
      const of = label === undefined ? undefined : cellOf(table, row, label);
      if (of !== undefined && !(of === "" && areLabelsOptional)) checkClass(of, classes, `${path}: ${label}`);
      if (key !== last) {
        samples.push({ channels: channels.map(() => []), label: of });
        last = key;
      }
      const current = samples.at(-1);
      if (of !== current?.label) {
        throw fault(
          `${path}: ${label}`,
          "must not change within a sample: the option sample names a column that tells samples apart",
        );
      }
      for (const [channel, name] of channels.entries()) current?.channels[channel]?.push(numberOf(table, row, name, path));
    }
  }
  const given = samples.map((of) => of.label ?? "");
  const isLabelled = label !== undefined && !(areLabelsOptional && given.includes(""));
  const labels = isLabelled ? labelsOf(given, classes, label) : {};
  return fromSeries({ name: "table", ...info, ...labels, signals: samples.map((of) => of.channels), layout: "channelsFirst" });
}

/** Refuses the name of a file in place of its text. */
function refusePath(content: string, path: string): void {
  if (!/^[^\r\n]+\.(csv|tsv|txt)$/i.test(content)) return;
  const remedy = `give the text of the file: await readFile(${JSON.stringify(content)}, "utf8") in Node, await file.text() in a page`;
  throw fault(path, `is the name of a file; ${remedy}`);
}

function wrong(option: string, message: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", option, message);
}
