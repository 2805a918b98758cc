import { join } from "node:path";
import { didYouMean } from "../../closest.js";
import type { Config } from "../../generated/config.js";
import type { JsonObject } from "../../json.js";
import { EXPERIMENTS } from "../../study/catalogue/index.js";
import { QUESTIONS } from "../../study/catalogue/questions.js";
import { type Experiment, type ExperimentOptions, planOf, type Scale } from "../../study/plan/experiment.js";
import { parsePlan } from "../../study/plan/plan.js";
import { refuseOptions, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { configOptions } from "../options.js";
import { printResult } from "../print.js";
import { quoted } from "../quoted.js";
import { applySetting } from "../setting.js";
import { study, studyOptions, type Telling } from "../study/command.js";
import { CliSupply } from "../study/supply.js";
import { tunedStudy } from "../study/tuned.js";
import { alignedTable } from "../study/words.js";

export const experiment = defineCommand({
  meta: {
    name: "experiment",
    description: "Answers a question with many runs, as tables, figures and a page: spikelet experiment yin-yang --quick",
  },
  args: {
    name: { type: "positional", required: false, description: "name of the experiment; --list prints them", valueHint: "NAME" },
    list: {
      type: "boolean",
      description:
        "list the experiments, with an example each, and the questions that they answer; with --json as one object, { experiments, questions }",
    },
    quick: { type: "boolean", description: "a version of about a minute: small networks, few samples" },
    seeds: { type: "string", description: "how many, or which: 5 or 1,2,7", valueHint: "N" },
    only: { type: "string", description: "only these series of the comparison: antlr,timing", valueHint: "NAMES" },
    set: { ...configOptions.set, description: "change one setting of every run, may be repeated: training.epochs=5" },
    out: { type: "string", description: "folder; finished runs in it are kept", valueHint: "DIR" },
    ...studyOptions,
  },
  async run({ args }) {
    if (args.list) {
      refuseOptions(args, ["only", "seeds", "set", "out", "processes", "shard", "data"], "--list runs nothing");
      const shown = EXPERIMENTS.map(({ name, title }) => ({ name, title, example: `spikelet experiment ${name} --quick` }));
      printResult(args.json === true, { experiments: shown, questions: QUESTIONS }, () => [
        ...alignedTable(shown.map(({ name, title, example }) => [name, title, example])),
        "\nWhat the paper's reviewers asked; the page on the verdict has the answers",
        ...alignedTable(QUESTIONS.map(({ asked, question, command }) => [asked, question, command ?? ""])),
      ]);
      return;
    }
    const scale: Scale = args.quick ? "quick" : "full";
    const chosen = only(named(args.name), scale, args.only);
    const { name } = chosen;
    const choices = choicesOf(args, abortOnInterrupt());
    const supply = new CliSupply(args.data, choices);
    const settings = args.set;
    const own = settings.find((setting) => /^(data|bestBy)\b/.test(setting));
    if (own !== undefined) throw new UsageError(`--set ${own}: the experiment says which data it takes, and what chooses epochs`);
    const options: ExperimentOptions = {
      scale,
      seeds: args.seeds === undefined ? upTo(chosen.seeds[scale]) : parseSeeds(args.seeds),
      isAtHand: (set) => supply.isAtHand(set),
      adapt: (config) => adapted(config, settings),
      command: commandOf(name, args),
    };
    const out = args.out ?? join("out", "experiments", args.quick ? `${name}-quick` : name);
    const telling: Telling = { type: "experiment", tellsEpochs: true };
    const tuning = chosen.tuning?.(scale);
    if (tuning) return await tunedStudy({ experiment: chosen, tuning, options, out, args, choices, telling });
    const json = planOf(chosen, options);
    await study({ name, plan: parsePlan(json), json }, out, args, choices, telling);
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

/** The options that say which runs. */
interface Asked {
  quick: boolean;
  seeds?: string | undefined;
  only?: string | undefined;
  set: readonly string[];
}

/** The command line that asks for the same runs. */
export function commandOf(name: string, { quick, seeds, only, set }: Asked): string {
  const words = [
    ...(quick ? ["--quick"] : []),
    ...(seeds ? ["--seeds", seeds] : []),
    ...(only ? ["--only", only] : []),
    ...set.flatMap((one) => ["--set", one]),
  ];
  return ["spikelet experiment", name, ...words.map(quoted)].join(" ");
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

function adapted(config: Config, settings: readonly string[]): Config {
  const copy = structuredClone(config) as unknown as JsonObject;
  for (const setting of settings) applySetting(copy, setting);
  return copy as unknown as Config;
}
