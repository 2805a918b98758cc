import type { SpikeDataset } from "../../../datasets/dataset.js";
import { DEFAULTS } from "../../../generated/defaults.js";
import type { Json } from "../../../json.js";
import { loadBackend } from "../../../runtime/load.node.js";
import type { SpikeEvents } from "../../../spikes.js";
import { wholeNumber } from "../../arguments.js";
import { defineCommand } from "../../command.js";
import { type DataSource, dataSource, loadData, parseDataSection } from "../../data.js";
import { UsageError } from "../../exit.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { computeOptions, dataOptions, outputOptions, readOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { grey, raster } from "../../raster.js";
import { readLimit } from "../../read-limit.js";
import type { SetName } from "../../sets.js";
import { applySetting } from "../../setting.js";

export const show = defineCommand({
  meta: { name: "show", description: "Shows the size and parts of a data set, and one sample" },
  args: {
    name: { type: "positional", required: false, description: "which data set; digits unless given", valueHint: "NAME" },
    sample: { type: "string", default: "0", description: "which sample to show", valueHint: "N" },
    steps: {
      type: "string",
      description: `steps of the simulation; ${DEFAULTS.network.steps} or what the data set says unless given`,
      valueHint: "N",
    },
    dir: {
      type: "string",
      description: "folder of the data set; where spikelet data fetch puts it unless given",
      valueHint: "DIR",
    },
    encode: dataOptions.encode,
    ...readOptions,
    set: {
      type: "string",
      isMany: true,
      description: "set an option of the data set, may be repeated: options.seed=5",
      valueHint: "PATH=VALUE",
    },
    backend: computeOptions.backend,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const index = wholeNumber(args.sample, "sample");
    const backend = await loadBackend(choicesOf(args, signal).backend);
    const asked = args.steps === undefined ? undefined : wholeNumber(args.steps, "steps", 1);
    const source = sourceOf(args, args.set);
    const all = await loadData(source, { ...readLimit(args), backend, signal, ...(asked === undefined ? {} : { steps: asked }) });
    if (index >= all.length) throw new UsageError(`--sample must be below ${all.length}, got ${index}`);
    const steps = asked ?? all.info.steps ?? DEFAULTS.network.steps;
    const sample = all.slice(index, index + 1);
    const events = await sample.events({ steps, backend });
    const { times } = events.sample(0);
    const { train, validation, test } = all.split({ seed: 1 });
    const units = await all.inputUnits({ backend });
    const report = {
      name: all.info.name,
      source,
      samples: all.length,
      shape: all.info.shape,
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
      `${report.name}: ${report.samples} samples of ${report.shape.join(" × ")}, ${report.classes.length} classes; ` +
        `${train.length} for training, ${validation.length} for validation, ${test.length} for the test`,
      `sample ${index}, label ${report.sample.label}: ${times.length} spikes, steps ${report.sample.first} to ${report.sample.last}`,
      ...(sightOf(all, index, events) ?? []),
      ...raster(events.sample(0), { units, steps }),
    ]);
  },
});

function sourceOf(args: ShowArguments, settings: readonly string[]): DataSource {
  const section: { [key: string]: Json } = {};
  for (const setting of settings) applySetting(section, setting);
  const { name = "digits", dir, encode } = args;
  return dataSource({ dataset: name, data: dir, encode }, { ...parseDataSection(section, "."), dataset: name as SetName });
}

interface ShowArguments {
  name?: string | undefined;
  dir?: string | undefined;
  encode?: string | undefined;
}

function countClasses(data: SpikeDataset): number[] {
  const counts: number[] = [];
  for (const label of data.labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

/** The sample as an image: its values, or where its events are. */
function sightOf(data: SpikeDataset, index: number, events: SpikeEvents): string[] | undefined {
  const { shape } = data.info;
  const image = data.image(index);
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
