import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SpikeDataset } from "../../../datasets/dataset.js";
import { MANIFEST } from "../../../datasets/shards/manifest.js";
import { packShards, SAMPLES_PER_SHARD } from "../../../datasets/shards/pack.node.js";
import { inFile } from "../../../errors.js";
import { unreadable } from "../../../io/files.node.js";
import { grouped } from "../../../report/result/texts.js";
import { loadBackend } from "../../../runtime/load.node.js";
import { wholeNumber } from "../../arguments.js";
import { defineCommand } from "../../command.js";
import { type DataSource, type LoadOptions, loadData } from "../../data.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { withProgress } from "../../live-line.js";
import { computeOptions, outputOptions } from "../../options.js";
import { megabytes, printResult } from "../../print.js";
import { readLimit } from "../../read-limit.js";
import { namedSource, sourceOptions } from "./source.js";

export const pack = defineCommand({
  meta: {
    name: "pack",
    description:
      "Writes a data set as a folder of shards, which are read while a network trains; for npz, --dir may be a folder of archives",
  },
  args: {
    ...sourceOptions,
    out: { type: "string", required: true, description: "folder for the shards", valueHint: "DIR" },
    "samples-per-shard": {
      type: "string",
      default: String(SAMPLES_PER_SHARD),
      description: "samples per file",
      valueHint: "N",
    },
    backend: computeOptions.backend,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const samplesPerShard = wholeNumber(args["samples-per-shard"], "samples-per-shard", 1);
    const steps = args.steps === undefined ? {} : { steps: wholeNumber(args.steps, "steps", 1) };
    const backend = await loadBackend(choicesOf(args, signal).backend);
    const sources = await sourcesOf(namedSource(args, args.set));
    const options = { ...readLimit(args), ...steps, backend, signal, isShown: !args.json };
    let known = 0;
    const onPart = (samples: number) => {
      known += samples;
    };
    const report = await withProgress("samples packed", args.json, (onProgress) =>
      packShards(partsOf(sources, options, onPart), {
        dir: args.out,
        samplesPerShard,
        signal,
        onProgress: (done) => onProgress?.({ done, all: known }),
      }),
    );
    printResult(args.json, { dir: args.out, ...report }, () => [
      `${grouped(report.samples)} samples in ${grouped(report.shards)} shards of ${megabytes(report.bytes)} together: ${join(args.out, MANIFEST)}`,
    ]);
  },
});

/** The source, or one for each archive of a folder of them. */
async function sourcesOf(source: DataSource): Promise<DataSource[]> {
  const { dataset, dir } = source;
  const isFolder = dataset === "npz" && dir !== null && (await stat(dir).catch(() => undefined))?.isDirectory();
  if (!isFolder || dir === null) return [source];
  const names = await readdir(dir).catch((cause: unknown) => {
    throw unreadable(dir, cause);
  });
  const archives = names.filter((name) => name.endsWith(".npz")).sort();
  return archives.map((name) => ({ ...source, dir: join(dir, name) }));
}

/** One after the other, so that no two are in memory. */
async function* partsOf(
  sources: readonly DataSource[],
  options: LoadOptions,
  onPart: (samples: number) => void,
): AsyncGenerator<SpikeDataset> {
  for (const source of sources) {
    const part = await loadData(source, options).catch((thrown) => {
      throw sources.length > 1 ? inFile(source.dir ?? "", thrown) : thrown;
    });
    onPart(part.length);
    yield part;
  }
}
