import { statSync } from "node:fs";
import { SpikeletError } from "../../errors.js";
import { type SamplesToShow, samplesToShow } from "../../report/watch/sample-answers.js";
import { WatchServer } from "../../report/watch/server.node.js";
import { defineCommand } from "../command.js";
import { type DataSource, dataSource, loadSplit } from "../data.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { readLimit } from "../read-limit.js";
import { knownData } from "../train/origin.js";
import { filesIn } from "../train/output.js";
import { LatestAnswers } from "../watch/latest-answers.js";
import { portOf, watchOptions } from "../watch/options.js";
import { untilInterrupted } from "../watch/until-interrupted.js";
import { WatchedFolder } from "../watch/watched-folder.js";

export const serve = defineCommand({
  meta: {
    name: "serve",
    description:
      "Shows a training, running or finished, in a browser on this machine: curves, rasters and warnings, updated as they come",
  },
  args: {
    dir: { type: "positional", required: true, description: "folder of the training", valueHint: "OUT" },
    ...watchOptions,
    ...dataOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const { dir } = args;
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      throw new SpikeletError("DATA_FORMAT", dir, "is no folder: give that of a training");
    }
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const { last } = filesIn(dir);
    const load = async (source: DataSource, steps: number): Promise<SamplesToShow> =>
      samplesToShow(await loadSplit(source, { backend: choices.backend, steps, signal, ...readLimit(args) }));
    let loaded: { key: string; samples: Promise<SamplesToShow> } | undefined;
    // Another run may take the place of the one in the folder.
    const samples = async (steps: number): Promise<SamplesToShow> => {
      const source = dataSource(args, await knownData(last, undefined));
      const key = JSON.stringify({ source, steps });
      if (loaded?.key !== key) {
        const now = { key, samples: load(source, steps) };
        loaded = now;
        now.samples.catch(() => {
          if (loaded === now) loaded = undefined;
        });
      }
      return loaded.samples;
    };
    await using server = await WatchServer.start(new WatchedFolder(dir, new LatestAnswers(last, samples, choices)), portOf(args));
    printResult(args.json, { url: server.url, dir }, () => [server.url]);
    say(`${dir} is shown until Ctrl-C`);
    await untilInterrupted(signal);
  },
});
