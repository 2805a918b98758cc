import { existsSync } from "node:fs";
import { markdownTable, readStudy, studyFolders } from "spikelet/study";
import { pointRows } from "../report/point-rows.js";
import { recordsOf as fileOf, type Made, put } from "./made-page.js";

export const PAGE = "docs/guides/convolutional-networks.md";

/** Folders of the records, with the data that each learnt. */
const STUDIES = { mnist: "MNIST", fashion: "Fashion-MNIST", sound: "spoken digits, official split" };

const COLUMNS = [
  ["test accuracy, %", "membrane"],
  ["spikes per sample", "spikes"],
  ["synaptic operations per sample", "synapticOperations"],
] as const;

/** The guide with its table anew. */
export async function made(page: string): Promise<Made> {
  const file = fileOf("convolutions");
  const folders = existsSync(file) ? await studyFolders(file) : [];
  const [[, ...head] = []] = pointRows([], COLUMNS);
  const rows = [["data", "network", ...head]];
  for (const [folder, data] of Object.entries(STUDIES).filter(([folder]) => folders.includes(folder))) {
    const { points } = await readStudy(file, { folder });
    rows.push(
      ...pointRows(points, COLUMNS)
        .slice(1)
        .map((row) => [data, ...row]),
    );
  }
  return { text: put(page, "convolutions", markdownTable(rows)), figures: new Map() };
}
