import type { SpikeDataset } from "../../../datasets/dataset.js";
import { SpikeletError } from "../../../errors.js";
import { DEFAULTS } from "../../../generated/defaults.js";
import { loadBackend } from "../../../runtime/load.node.js";
import type { SpikeEvents } from "../../../spikes.js";
import { wholeNumber } from "../../arguments.js";
import { defineCommand } from "../../command.js";
import { loadData, splitOf } from "../../data.js";
import { UsageError } from "../../exit.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { computeOptions, outputOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { grey, raster } from "../../raster.js";
import { readLimit } from "../../read-limit.js";
import { namedSource, sourceOptions } from "./source.js";

interface ShownSample {
  index: number;
  /** `null` for a sample without one. */
  label: number | null;
  spikes: number;
  /** Steps of the first and the last spike; `null` where there is none. */
  first: number | null;
  last: number | null;
}

export const show = defineCommand({
  meta: { name: "show", description: "Shows the size and parts of a data set, and one sample" },
  args: {
    ...sourceOptions,
    sample: { type: "string", default: "0", description: "which sample to show", valueHint: "N" },
    backend: computeOptions.backend,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const index = wholeNumber(args.sample, "sample");
    const backend = await loadBackend(choicesOf(args, signal).backend);
    const given = args.steps === undefined ? undefined : wholeNumber(args.steps, "steps", 1);
    const source = namedSource(args, args.set);
    const all = await loadData(source, {
      ...readLimit(args),
      backend,
      signal,
      isShown: !args.json,
      ...(given === undefined ? {} : { steps: given }),
    });
    if (index >= all.length) throw new UsageError(`--sample must be below ${all.length}, got ${index}`);
    const steps = given ?? all.info.steps ?? DEFAULTS.network.steps;
    const sample = await all.slice(index, index + 1).load();
    const events = await sample.events({ steps, backend });
    const { times, units: fired } = events.sample(0);
    const { train, validation, test } = splitOf(source, all);
    const { shape } = all.info;
    const units = shape.length === 0 ? null : await all.inputUnits({ backend });
    const report = {
      name: all.info.name,
      source,
      samples: all.length,
      shape,
      units,
      classes: countClasses(all),
      split: { train: train.length, validation: validation.length, test: test.length },
      sample: {
        index,
        label: sample.labels?.[0] ?? null,
        spikes: times.length,
        first: times[0] ?? null,
        last: times.at(-1) ?? null,
      },
    };
    printResult(args.json, report, () => [
      `${report.name}: ${report.samples} samples of ${sizeText(shape)}, ${report.classes.length} classes; ` +
        `${train.length} for training, ${validation.length} for validation, ${test.length} for the test`,
      sampleLine(report.sample),
      ...(imageLines(sample, events) ?? []),
      ...raster(events.sample(0), { units: units ?? rowsOf(fired), steps }),
    ]);
  },
});

function sampleLine({ index, label, spikes, first, last }: ShownSample): string {
  const name = `sample ${index}${label === null ? "" : `, label ${label}`}`;
  return `${name}: ${spikes} spikes${spikes === 0 ? "" : `, steps ${first} to ${last}`}`;
}

function sizeText(shape: readonly number[]): string {
  return shape.length === 0 ? "spikes without a shape" : shape.join(" × ");
}

/** Rows of a raster up to the last unit that fires. */
function rowsOf(units: Uint32Array): number {
  return 1 + units.reduce((max, unit) => Math.max(max, unit), 0);
}

/** More classes than any network tells apart. */
const MAX_CLASSES = 2 ** 24;

/** @throws {SpikeletError} `DATA_FORMAT` for a label that can't be meant. */
function countClasses(data: SpikeDataset): number[] {
  const counts: number[] = [];
  const huge = data.labels?.find((label) => label >= MAX_CLASSES);
  if (huge !== undefined) throw new SpikeletError("DATA_FORMAT", "labels", `must be below ${MAX_CLASSES}, got ${huge}`);
  for (const label of data.labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

/** The sample as an image: its values, or where its events are. */
function imageLines(sample: SpikeDataset, events: SpikeEvents): string[] | undefined {
  const { shape } = sample.info;
  const image = sample.image(0);
  if (image !== undefined) return shape.length === 2 ? grey(image, shape[1] ?? 1) : undefined;
  const [channels, width, height, ...others] = shape;
  if (channels !== 2 || width === undefined || height === undefined || others.length > 0) return undefined;
  // Units are [polarity][x][y]; lines run along x.
  const counts = new Float32Array(width * height);
  for (const unit of events.sample(0).units) {
    const pixel = unit % (width * height);
    const place = (pixel % height) * width + Math.floor(pixel / height);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const max = counts.reduce((max, count) => Math.max(max, count), 1);
  return grey(
    counts.map((count) => count / max),
    width,
  );
}
