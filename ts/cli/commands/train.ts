import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { counted } from "../../counted.js";
import { SpikeletError } from "../../errors.js";
import type { ReadLimit } from "../../io/byte-budget.js";
import { backendSummary } from "../../report/result/backend-summary.js";
import { samplesToShow } from "../../report/watch/sample-answers.js";
import { WatchServer } from "../../report/watch/server.node.js";
import { wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { type DataSource, dataSource, loadSplit } from "../data.js";
import { Interrupted, UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { type Choices, choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, configOptions, dataOptions, outputOptions } from "../options.js";
import { say } from "../print.js";
import { quoted } from "../quoted.js";
import { readLimit } from "../read-limit.js";
import { CheckpointPace } from "../train/checkpoint-pace.js";
import { type Emit, EventLog } from "../train/event-log.js";
import type { Output, RunFiles } from "../train/output.js";
import { checkSameData, runOtherRank, sendStart, type TrainingRanks, trainingRanks } from "../train/ranks.js";
import { configFile, type RecommendedConfig } from "../train/recommended.js";
import { report } from "../train/report.js";
import { beginRun, type Permissions } from "../train/run.js";
import { TrainingSession } from "../train/session.js";
import { epochsToResume, type Start, startFineTuned, startFresh, startResumed } from "../train/start.js";
import { LatestAnswers } from "../watch/latest-answers.js";
import { portOf, watchOptions } from "../watch/options.js";
import { untilInterrupted } from "../watch/until-interrupted.js";
import { WatchedFolder } from "../watch/watched-folder.js";
import { warningsUntil } from "../watch/watched-run.js";

export const train = defineCommand({
  meta: { name: "train", description: "Trains a network and writes checkpoints, history.csv, report.json and report.html" },
  args: {
    ...configOptions,
    preset: {
      ...configOptions.preset,
      description: `${configOptions.preset.description}; without one, a configuration is chosen by the data that --dataset or --data names, else digits`,
    },
    ...dataOptions,
    out: {
      type: "string",
      description:
        "folder for the results; by default out/NAME with the name of the configuration, out/fine-tuned with --from, and with --resume the folder of --checkpoint, or out/digits without --checkpoint",
      valueHint: "DIR",
    },
    from: {
      type: "string",
      description:
        "fine-tune the network of a checkpoint: a new last layer, all other weights kept; --set training.frozen[0]=layers.0 freezes one",
      valueHint: "FILE",
    },
    outputs: { type: "string", description: "with --from: units of the new last layer, one for each class", valueHint: "N" },
    resume: {
      type: "boolean",
      description:
        "continue from last.safetensors in --out, or from --checkpoint; --set training.epochs=30 for more epochs in total",
    },
    "stop-after-no-improvement": {
      type: "string",
      description:
        "end after N epochs without an improvement, with the weights of the best epoch; --set training.bestBy=loss for another measure",
      valueHint: "N",
    },
    overwrite: { type: "boolean", description: "replace the run that --out holds" },
    "allow-other-data": {
      type: "boolean",
      description: "with --resume: continue with other data than those of the checkpoint",
    },
    "checkpoint-every": {
      type: "string",
      description: "write last.safetensors also within an epoch, every so many updates or so often: 500, 30s, 10min",
      valueHint: "N",
    },
    watch: {
      type: "boolean",
      description:
        "show the training in a browser on this machine while it runs and, once it has finished, until Ctrl-C; see spikelet serve",
    },
    ...watchOptions,
    ...checkpointOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const set = [...args.set, ...stopSettings(args["stop-after-no-improvement"])];
    const ranks = trainingRanks(args, set);
    if (ranks !== undefined && ranks.rank > 0) return runOtherRank(ranks, args, args.resume ? epochsToResume(set) : undefined);
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const port = args.watch ? portOf(args) : undefined;
    if (!args.watch && args.port !== undefined) throw new UsageError("--port needs --watch");
    let log: EventLog | undefined;
    const emit: Emit = (event) => {
      log?.write(event);
      if (args.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    };
    const onLog = (opened: EventLog) => {
      log = opened;
    };
    if (args.checkpoint !== undefined && !args.resume) throw new UsageError("--checkpoint needs --resume");
    const permissions = { overwrite: args.overwrite, allowOtherData: args["allow-other-data"] };
    if (permissions.allowOtherData && !args.resume) throw new UsageError("--allow-other-data needs --resume");
    const pace = CheckpointPace.parse(args["checkpoint-every"]);
    const together = ranks === undefined ? choices : { ...choices, backend: ranks.backend };
    const start = await startOf(args)(args, set, together);
    const { dir } = start.output.files;
    const train = async () => {
      using trainer = start.trainer;
      using output = start.output;
      const source = dataSource(args, start.known);
      const isJson = args.json;
      try {
        const limit = readLimit(args);
        const how = { limit, pace, permissions, choices, ranks, emit, onLog, isJson, port };
        return await trainAndReport({ ...start, ...how, trainer, output, source });
      } catch (thrown) {
        reportResumable(thrown, output.files, emit);
        if (!(thrown instanceof Interrupted)) log?.fail(thrown);
        throw thrown;
      }
    };
    await using server = await train();
    if (server === undefined) return;
    say(`finished: ${server.url} shows it until Ctrl-C; later, this shows it again: spikelet serve ${quoted(dir)}`);
    await untilInterrupted(signal);
  },
});

function startOf({ resume, from, outputs }: { resume?: boolean; from?: string | undefined; outputs?: string | undefined }) {
  if (outputs !== undefined && from === undefined) throw new UsageError("--outputs needs --from");
  return resume ? startResumed : from === undefined ? startFresh : startFineTuned;
}

/** `--stop-after-no-improvement` as a setting. */
function stopSettings(epochs: string | undefined): string[] {
  if (epochs === undefined) return [];
  return [`training.earlyStopping.patience=${wholeNumber(epochs, "stop-after-no-improvement", 1)}`];
}

interface Training extends Start {
  source: DataSource;
  pace: CheckpointPace;
  permissions: Permissions;
  choices: Choices;
  ranks: TrainingRanks | undefined;
  emit: Emit;
  /** Called with the log of the run once the run has its name. */
  onLog: (log: EventLog) => void;
  /** Port of `--watch`. */
  port: number | undefined;
  isJson: boolean;
  limit: ReadLimit;
}

/** Returns the server of `--watch`, which goes on. */
async function trainAndReport(training: Training): Promise<WatchServer | undefined> {
  const {
    trainer,
    output,
    source,
    from,
    pace,
    permissions,
    choices,
    ranks,
    emit,
    onLog,
    isJson,
    limit,
    epochs,
    port,
    recommended,
  } = training;
  const { dir, last } = output.files;
  const { signal } = choices;
  const { steps } = trainer.config.network;
  if (ranks !== undefined) await sendStart(ranks, trainer, source);
  const split = await loadSplit(source, { backend: trainer.backend, steps, signal, isShown: !isJson, ...limit });
  if (ranks !== undefined) await checkSameData(ranks, split);
  if (split.test.length === 0) throw new SpikeletError("SHAPE_MISMATCH", "data", "leaves no samples for the test: give more");
  const warnings = from === undefined ? [] : await warningsUntil(dirname(from.file), trainer.info.epoch);
  const run = await beginRun({ ...training, split }, permissions, choices);
  onLog(await EventLog.open(output, trainer, warnings));
  const session = new TrainingSession(trainer, output, run, { pace, emit, warnings, epochs });
  await session.save();
  if (ranks !== undefined) {
    // Whoever started the ranks ends them soon after: what is known is reported immediately.
    const why = "told to stop, by Ctrl-C or because another rank ended";
    signal.addEventListener("abort", () => say(`${why}: ${last} holds the last good state; --resume continues from it`));
  }
  const { simd, threads, epoch, step } = trainer.info;
  const backend = backendSummary(trainer);
  emit({ type: "started", config: trainer.config, backend, out: dir, run: run.id, data: source, epoch, step });
  if (recommended !== undefined) await keepRecommended(recommended, output, emit);
  if (step > 0) say(`continuing after ${epoch} epochs and ${step} updates`);
  say(
    `training on ${split.train.length} samples, ${split.validation.length} for validation, ${split.test.length} for the test; ${simd}, ${counted(threads, "thread")}${ranks === undefined ? "" : `, ${ranks.size} ranks`}`,
  );

  const samples = samplesToShow(split);
  const server =
    port === undefined
      ? undefined
      : await WatchServer.start(new WatchedFolder(dir, new LatestAnswers(last, async () => samples, choices)), port);
  try {
    if (server !== undefined) {
      emit({ type: "watching", url: server.url });
      say(`watch it at ${server.url}`);
    }
    await session.run(split, signal);
    ranks?.end();
    await report({ trainer, output, run, split, source, warnings: session.warnings }, isJson, choices);
  } catch (thrown) {
    await server?.[Symbol.asyncDispose]();
    throw thrown;
  }
  return server;
}

/** Says why the configuration is as it is, and writes it beside the results. */
async function keepRecommended(recommended: RecommendedConfig, { folder, files }: Output, emit: Emit): Promise<void> {
  const { config, data, reasons } = recommended;
  await folder.save(files.config, configFile(config, data));
  emit({ type: "recommended", config: files.config, reasons });
  for (const { setting, why } of reasons) say(`${setting}: ${why}`);
  say(`${files.config} holds the configuration that was chosen by the data: change it, and train with --config`);
}

/** After an interrupt, or a failure to write: the file to continue from, if there is one. */
export function reportResumable(thrown: unknown, { last }: RunFiles, emit: Emit): void {
  const isWriting = thrown instanceof SpikeletError && thrown.code === "WRITE_FAILED";
  const isThere = existsSync(last);
  if (thrown instanceof Interrupted) emit({ type: "interrupted", checkpoint: isThere ? last : null });
  if ((thrown instanceof Interrupted || isWriting) && isThere) {
    say(`${thrown instanceof Interrupted ? "interrupted: " : ""}${last} holds the last good state; --resume continues from it`);
  }
}
