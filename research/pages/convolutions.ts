import { existsSync } from "node:fs";
import { deviationText, markdownTable, measure, readStudy, recordsOf, spread, studyFolders } from "spikelet/study";
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
  const rows: string[][] = [];
  for (const [folder, data] of Object.entries(STUDIES)) {
    const { points } = folders.includes(folder) ? await readStudy(file, { folder }) : { points: [] };
    for (const point of points) {
      const records = recordsOf(point);
      const cells = COLUMNS.map(([, name]) => {
        const { of, digits } = measure(name);
        return deviationText(spread(records.map(of)), digits);
      });
      rows.push([data, point.place, ...cells, records.map(({ seed }) => seed).join(", ")]);
    }
  }
  const head = ["data", "network", ...COLUMNS.map(([head]) => head), "seeds"];
  return { text: put(page, "convolutions", markdownTable([head, ...rows])), figures: new Map() };
}
