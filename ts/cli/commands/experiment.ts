import { join } from "node:path";
import { didYouMean } from "../../closest.js";
import { EXPERIMENTS } from "../../experiments/catalogue/index.js";
import { type ExperimentEvent, runExperiment } from "../../experiments/engine.js";
import type { Experiment, Scale } from "../../experiments/experiment.js";
import type { RunRecord } from "../../experiments/record.js";
import { resultTable } from "../../experiments/report.js";
import type { Config } from "../../generated/config.js";
import type { Json } from "../../json.js";
import { wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { threads } from "../configuration.js";
import { UsageError } from "../exit.js";
import { ExperimentFolder } from "../experiment/folder.js";
import { CliSupply } from "../experiment/supply.js";
import { alignedTable } from "../experiment/table.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, configOptions, dataOptions, outputOptions } from "../options.js";
import { percent, printResult, say } from "../print.js";
import { applySetting } from "../setting.js";

export const experiment = defineCommand({
  meta: {
    name: "experiment",
    description: "Answers a question with many runs: tables, figures, a page. spikelet experiment yin-yang --quick",
  },
  args: {
    name: { type: "positional", required: false, description: "which one: --list names them", valueHint: "NAME" },
    list: { type: "boolean", description: "the experiments, with an example each" },
    quick: { type: "boolean", description: "a minute's version: small networks, few samples" },
    seeds: { type: "string", description: "how many, or which: 5 or 1,2,7", valueHint: "N" },
    only: { type: "string", description: "some series of the comparison: antlr,timing", valueHint: "NAMES" },
    out: { type: "string", description: "folder; finished runs in it are kept", valueHint: "DIR" },
    data: dataOptions.data,
    set: { ...configOptions.set, description: "change one setting of every run, may be repeated: training.epochs=5" },
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const isJson = args.json === true;
    if (args.list) {
      const shown = EXPERIMENTS.map(({ name, title }) => ({ name, title, example: `spikelet experiment ${name} --quick` }));
      printResult(isJson, shown, () => alignedTable(shown.map(({ name, title, example }) => [name, title, example])));
      return;
    }
    const scale: Scale = args.quick ? "quick" : "full";
    const chosen = only(named(args.name), scale, args.only);
    const signal = abortOnInterrupt();
    const create = choicesOf(args, signal);
    const seeds = args.seeds === undefined ? upTo(chosen.seeds[scale]) : parseSeeds(args.seeds);
    const settings = args.set;
    const folder = await ExperimentFolder.open(
      args.out ?? join("out", "experiments", args.quick ? `${chosen.name}-quick` : chosen.name),
    );
    const records: RunRecord[] = [];
    const events = runExperiment(chosen, {
      scale,
      seeds,
      data: new CliSupply(args.data, create.backend, signal),
      records: folder,
      adapt: (config) => adapted(config, settings, args.threads),
      create,
    });
    try {
      for await (const event of events) {
        show(event);
        if (isJson) process.stdout.write(`${JSON.stringify(event)}\n`);
        if (event.type === "runFinished") records.push(event.record);
      }
    } catch (thrown) {
      say(`stopped after ${records.length} runs: the same command goes on from there`);
      throw thrown;
    }
    const options = [
      args.quick ? " --quick" : "",
      args.seeds ? ` --seeds ${args.seeds}` : "",
      args.only ? ` --only ${args.only}` : "",
      ...settings.map((one) => ` --set ${one}`),
    ];
    await folder.writeResults(chosen, records, { scale, command: `spikelet experiment ${chosen.name}${options.join("")}` });
    const page = join(folder.dir, "report.html");
    printResult(isJson, { type: "finished", runs: records.length, page }, () => [
      ...alignedTable(resultTable(records)),
      "",
      page,
    ]);
  },
});

function named(name: string | undefined): Experiment {
  const names = EXPERIMENTS.map((one) => one.name);
  if (name === undefined) throw new UsageError(`which experiment? There are ${names.join(", ")}`);
  const found = EXPERIMENTS.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`unknown experiment "${name}": ${didYouMean(name, names)}`);
}

/** The experiment with the variants of the given series alone. */
function only(whole: Experiment, scale: Scale, names: string | undefined): Experiment {
  if (names === undefined) return whole;
  const wanted = names.split(",");
  const known = [...new Set(whole.variants(scale).map(({ series }) => series))];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown series "${unknown}": ${didYouMean(unknown, known)}`);
  return { ...whole, variants: (asked) => whole.variants(asked).filter(({ series }) => wanted.includes(series)) };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k + 1);
}

/** Seeds that an experiment may have. */
const MAX_SEEDS = 10_000;

/** `3` is the seeds 1, 2 and 3; `4,7` is those two, `4,` only the one. */
export function parseSeeds(text: string): number[] {
  if (!text.includes(",")) {
    const count = wholeNumber(text, "seeds", 1);
    if (count > MAX_SEEDS) throw new UsageError(`--seeds must be at most ${MAX_SEEDS}, got ${count}`);
    return upTo(count);
  }
  const seeds = text.split(",").filter((part) => part !== "");
  return [...new Set(seeds.map((part) => wholeNumber(part, "seeds")))];
}

function adapted(config: Config, settings: readonly string[], count: string | undefined): Config {
  const copy = structuredClone(config) as unknown as { [key: string]: Json };
  for (const setting of settings) applySetting(copy, setting);
  if (count !== undefined) applySetting(copy, `training.threads=${JSON.stringify(threads(count))}`);
  return copy as unknown as Config;
}

function show(event: ExperimentEvent): void {
  const line = lineOf(event);
  if (line !== "") say(`${event.run}/${event.runs} ${event.variant}, seed ${event.seed}  ${line}`);
}

function lineOf(event: ExperimentEvent): string {
  switch (event.type) {
    case "runStarted":
      return `${event.data.train} samples of ${event.data.name}`;
    case "epochEnd": {
      const { epoch, epochs, train, validation } = event.epoch;
      // Long trainings would fill the screen.
      if (epochs > 20 && epoch % Math.ceil(epochs / 10) !== 0 && epoch !== epochs) return "";
      const seen = validation ?? train;
      return `epoch ${epoch}/${epochs}  loss ${seen.loss.toFixed(4)}  ${percent(seen.accuracy.firstSpike)} by first spike`;
    }
    case "runFinished": {
      const { record, wasKept } = event;
      const { accuracy, loss } = record.test;
      const how = wasKept ? "was there" : `${record.cost.seconds.toFixed(1)} s`;
      return `test ${percent(accuracy.firstSpike)} by first spike, ${percent(accuracy.count)} by count, loss ${loss.toFixed(4)} (${how})`;
    }
  }
}
