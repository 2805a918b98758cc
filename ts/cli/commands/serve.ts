import { once } from "node:events";
import { existsSync } from "node:fs";
import { SpikeletError } from "../../errors.js";
import { defineCommand } from "../command.js";
import { dataSource, loadSplit } from "../data.js";
import { OutputClosed } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { readLimit } from "../read-limit.js";
import { knownData } from "../train/origin.js";
import { filesIn } from "../train/output.js";
import { portOf, watchOptions } from "../watch/options.js";
import { WatchServer } from "../watch/server.js";
import { type ShownSamples, Sights, shownSamples } from "../watch/sight.js";

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
    if (!existsSync(dir)) throw new SpikeletError("DATA_FORMAT", dir, "does not exist: give the folder of a training");
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const { last } = filesIn(dir);
    let loaded: Promise<ShownSamples> | undefined;
    const samples = (steps: number): Promise<ShownSamples> => {
      loaded ??= shownOf(steps);
      loaded.catch(() => {
        loaded = undefined;
      });
      return loaded;
    };
    const shownOf = async (steps: number): Promise<ShownSamples> => {
      const source = dataSource(args, await knownData(last, undefined));
      return shownSamples(await loadSplit(source, { backend: choices.backend, steps, signal, ...readLimit(args) }));
    };
    await using server = await WatchServer.start(dir, new Sights(last, samples, choices), portOf(args));
    printResult(args.json, { url: server.url, dir }, () => [server.url]);
    say(`${dir} is shown until Ctrl-C`);
    if (!signal.aborted) await once(signal, "abort");
    // Ctrl-C is how it ends.
    if (signal.reason instanceof OutputClosed) throw signal.reason;
  },
});
