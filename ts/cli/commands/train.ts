import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineCommand } from "citty";
import { SpikeletError } from "../../errors.js";
import type { ReadLimit } from "../../io/byte-budget.js";
import { load, save } from "../../io/files.node.js";
import { restoreNetwork } from "../../network.js";
import { neuroBench } from "../../neurobench.js";
import { createTrainer, type Trainer } from "../../trainer.js";
import { version } from "../../version.js";
import { backendRecord } from "../backend-record.js";
import { openTrainer } from "../checkpoint.js";
import { readConfiguration } from "../configuration.js";
import { type DataSource, dataSource, loadSplit } from "../data.js";
import { Interrupted, UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { type Choices, type CommandData, choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, configOptions, dataOptions, outputOptions } from "../options.js";
import { grouped, metricLines, printResult, say } from "../print.js";
import { readLimit } from "../read-limit.js";
import { writeResultPage } from "../report/write.js";
import { CheckpointPace } from "../train/checkpoint-pace.js";
import { History } from "../train/history.js";
import { type OutputFolder, openOutput, runRecordBeside, writeRunRecord } from "../train/output.js";
import { agree, follow, lead, type TrainingRanks, trainingRanks } from "../train/ranks.js";
import { TrainingSession } from "../train/session.js";

export const train = defineCommand({
  meta: { name: "train", description: "Trains a network and writes checkpoints, history.csv, report.json and report.html" },
  args: {
    ...configOptions,
    ...dataOptions,
    out: {
      type: "string",
      description: "folder for the results; out/NAME of the configuration, or that of --checkpoint, unless given",
      valueHint: "DIR",
    },
    resume: { type: "boolean", description: "go on from last.safetensors in --out, or from --checkpoint" },
    "checkpoint-every": {
      type: "string",
      description: "write last.safetensors also within an epoch, after so many updates or so much time: 500, 30s, 10min",
      valueHint: "N",
    },
    ...checkpointOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args, data }) {
    const { set } = data as CommandData;
    const ranks = trainingRanks(args, set);
    if (ranks !== undefined && ranks.rank > 0) return follow(ranks, args);
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const emit = (event: object) => {
      if (args.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    };
    if (args.checkpoint !== undefined && !args.resume) throw new UsageError("--checkpoint needs --resume");
    const pace = CheckpointPace.parse(args["checkpoint-every"]);
    const together = ranks === undefined ? choices : { ...choices, backend: ranks.backend };
    const start = await (args.resume ? resumed(args, set, together) : fresh(args, set, together));
    using trainer = start.trainer;
    const { files, history } = start;
    const session = new TrainingSession(trainer, files, history, pace, emit);
    const source = dataSource(args, start.known);
    if (ranks !== undefined) {
      // Whoever started the ranks ends them soon after: what is there is told at once.
      const why = "told to stop, by Ctrl-C or because another rank ended";
      signal.addEventListener("abort", () => say(`${why}: ${files.last} holds the last good state; --resume goes on from there`));
    }
    try {
      await writeRunRecord(files, { version, data: source });
      await session.save();
      const limit = readLimit(args);
      await trainAndReport({ limit, trainer, session, files, history, source, choices, ranks, emit, isJson: args.json === true });
    } catch (thrown) {
      tellWhatIsLeft(thrown, files, emit);
      throw thrown;
    }
  },
});

interface Training {
  trainer: Trainer;
  session: TrainingSession;
  files: OutputFolder;
  history: History;
  source: DataSource;
  choices: Choices;
  ranks: TrainingRanks | undefined;
  emit: (event: object) => void;
  isJson: boolean;
  limit: ReadLimit;
}

async function trainAndReport(training: Training): Promise<void> {
  const { trainer, session, files, history, source, choices, ranks, emit, isJson, limit } = training;
  const { signal } = choices;
  const { steps } = trainer.config.network;
  if (ranks !== undefined) await lead(ranks, trainer, source);
  const split = await loadSplit(source, { backend: trainer.backend, steps, signal, ...limit });
  if (ranks !== undefined) await agree(ranks, split);
  const { simd, threads, epoch, step } = trainer.info;
  emit({ type: "started", config: trainer.config, backend: backendRecord(trainer), out: files.dir, data: source, epoch, step });
  if (step > 0) say(`going on after ${epoch} epochs and ${step} updates`);
  say(
    `training on ${split.train.length} samples, ${split.validation.length} for validation, ${split.test.length} for the test; ${simd}, ${threads} threads${ranks === undefined ? "" : `, ${ranks.size} ranks`}`,
  );

  await session.run(split, signal);
  ranks?.end();

  const best = history.rows.length > 0 ? files.best : files.last;
  using chosen = await restoreNetwork(await load(best), choices);
  const test = await chosen.evaluate(split.test, { signal });
  const report = {
    test,
    neuroBench: await neuroBench(chosen, test),
    train: { ...history.totals, samples: split.train.length },
    best: {
      epoch: history.best?.epoch ?? history.rows.at(-1)?.epoch ?? 0,
      validationFirstSpike: history.best?.validationFirstSpike ?? null,
    },
    warnings: session.warnings,
    checkpoint: best,
    data: source,
    backend: backendRecord(trainer),
    config: trainer.config,
    version,
  };
  await save(files.report, `${JSON.stringify(report, null, 2)}\n`);
  const { epochs, seconds, samplesPerSecond } = report.train;
  const told = {
    title: `Training on ${split.train.info.name}`,
    part: "test",
    metrics: test,
    warnings: session.warnings,
    epochs: history.curve,
    facts: [
      ["trained", `${epochs} epochs of ${grouped(split.train.length)} samples in ${seconds.toFixed(1)} s`],
      ["speed", `${grouped(samplesPerSecond)} samples/s`],
      ["shown", `epoch ${report.best.epoch}, the best on the validation data`],
    ],
    data: source,
  } as const;
  await writeResultPage(files.page, told, { network: chosen, samples: split.test, signal });
  printResult(isJson, { type: "report", ...report }, () => [
    ...metricLines("test", test),
    `checkpoint     ${best} (epoch ${report.best.epoch})`,
    `report         ${files.page}`,
  ]);
}

/** After an interrupt, or a failure to write: the file to go on from. */
function tellWhatIsLeft(thrown: unknown, files: OutputFolder, emit: (event: object) => void): void {
  const isWriting = thrown instanceof SpikeletError && thrown.code === "WRITE_FAILED";
  if (thrown instanceof Interrupted) emit({ type: "interrupted", checkpoint: files.last });
  if ((thrown instanceof Interrupted || isWriting) && existsSync(files.last)) {
    say(
      `${thrown instanceof Interrupted ? "interrupted: " : ""}${files.last} holds the last good state; --resume goes on from there`,
    );
  }
}

interface Start {
  trainer: Trainer;
  files: OutputFolder;
  history: History;
  known?: Partial<DataSource>;
}

async function fresh(args: TrainArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const { name, config, data } = await readConfiguration(args, settings);
  const trainer = await createTrainer(config, choices);
  const files = await openOutput(args.out ?? join("out", name));
  return { trainer, files, history: new History(files.history), known: data };
}

async function resumed(args: TrainArguments, settings: readonly string[], choices: Choices): Promise<Start> {
  const given = (["config", "preset", "seed"] as const).find((option) => args[option] !== undefined);
  const unwanted = given ?? (settings.length > 0 ? "set" : undefined);
  if (unwanted !== undefined) {
    throw new UsageError(`--resume takes the configuration from the checkpoint: leave --${unwanted} out`);
  }
  const folder = args.checkpoint === undefined ? join("out", "digits") : dirname(args.checkpoint);
  const files = await openOutput(args.out ?? folder);
  const file = args.checkpoint ?? files.last;
  const trainer = await openTrainer(file, args, choices).catch((thrown) => {
    if (file === files.last && existsSync(files.best)) say(`${files.best} is there too: --resume --checkpoint ${files.best}`);
    throw thrown;
  });
  const known = await runRecordBeside(file);
  const history = await History.resume(files.history, await trainer.history());
  return { trainer, files, history, ...(known ? { known: known.data } : {}) };
}

interface TrainArguments {
  config?: string | undefined;
  preset?: string | undefined;
  seed?: string | undefined;
  threads?: string | undefined;
  out?: string | undefined;
  checkpoint?: string | undefined;
}
