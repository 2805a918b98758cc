import { type AnswerMetrics, type Decision, decisionOf } from "../../decisions.js";
import type { Config, EpochRecord } from "../../generated/config.js";
import type { Json, JsonObject } from "../../json.js";
import { type CreateOptions, restoreNetwork } from "../../network.js";
import { createTrainer } from "../../trainer.js";
import { type BestBy, IMPLIED_BEST_BY, parseBestBy } from "../plan/plan.js";
import type { EpochSummary, RunResult } from "../store/record.js";
import type { Samples } from "./samples.js";

/** A training: its configuration, its data, and the measure that chooses its epoch. */
export interface Task {
  config: Config;
  data: Json | undefined;
  bestBy: BestBy;
}

/** Separates the configuration of a run into the part for the core and the part for the study. */
export function taskOf(whole: JsonObject, threads: number | "auto"): Task {
  const { data, bestBy: named = IMPLIED_BEST_BY, training = {}, ...rest } = whole;
  const bestBy = parseBestBy(named, rest["loss"]);
  const chosenBy = bestBy === "last" ? {} : { bestBy };
  const config = { ...rest, training: { ...(training as JsonObject), ...chosenBy, threads } } as unknown as Config;
  return { config, data, bestBy };
}

/** The result of a training, and how long it took. */
export interface Training {
  result: RunResult;
  /** Seconds of training and validation. */
  seconds: number;
  /** Training samples per second, the mean over the epochs. */
  samplesPerSecond: number;
}

/** Progress of a training, measured on the validation data, or on the training data where there are none. */
export type EpochProgress = { epoch: number; epochs: number; loss: number; decision: Decision } & AnswerMetrics;

/** How runs are trained, one after the other. */
export interface TrainOptions {
  samples: Samples;
  create: CreateOptions;
  /** Called after each epoch. */
  onEpoch?: ((epoch: EpochProgress) => void) | undefined;
}

/** Trains once; the network of the epoch that the validation data choose is evaluated on the test data. */
export async function train({ config, data, bestBy }: Task, { samples, create, onEpoch }: TrainOptions): Promise<Training> {
  const passOptions = create.signal ? { signal: create.signal } : {};
  using trainer = await createTrainer(config, { ...create, quiet: true });
  const { train, validation, test } = await samples.split(data, trainer.config.network.steps);
  const history: EpochSummary[] = [];
  let samplesPerSecond = 0;
  let best: { epoch: number; validation: RunResult["validation"]; checkpoint: Uint8Array } | undefined;
  const start = performance.now();
  for await (const event of trainer.run(train, validation.length > 0 ? { validation, ...passOptions } : passOptions)) {
    if (event.type !== "epochEnd") continue;
    history.push(summaryOf(event));
    samplesPerSecond += (event.samplesPerSecond - samplesPerSecond) / history.length;
    const { loss, accuracy, meanSquaredError, rSquared } = event.validation ?? event.train;
    const answers = meanSquaredError === undefined ? { accuracy } : { accuracy, meanSquaredError, rSquared };
    onEpoch?.({ epoch: event.epoch, epochs: event.epochs, loss, decision: decisionOf(trainer.config), ...answers });
    if (bestBy !== "last" && event.bestEpoch !== event.epoch) continue;
    best = { epoch: event.epoch, validation: event.validation, checkpoint: await trainer.checkpoint() };
  }
  const seconds = (performance.now() - start) / 1000;
  using chosen = await restoreNetwork(best?.checkpoint ?? (await trainer.checkpoint()), create);
  const untrained = async () => (validation.length > 0 ? chosen.evaluate(validation, passOptions) : null);
  const used = { name: train.info.name, encoding: train.encoding ?? null };
  const result: RunResult = {
    epochs: history.length,
    bestEpoch: best?.epoch ?? 0,
    data: { ...used, train: train.length, validation: validation.length, test: test.length },
    validation: best === undefined ? await untrained() : best.validation,
    test: await chosen.evaluate(test, passOptions),
    history,
  };
  return { result, seconds, samplesPerSecond };
}

/** The measures of answers other than the first spike. */
function answersOf(metrics: AnswerMetrics): Pick<EpochSummary, "count" | "membrane" | "meanSquaredError"> {
  const { accuracy, meanSquaredError } = metrics;
  return {
    ...(accuracy.count !== undefined && { count: accuracy.count }),
    ...(accuracy.membrane !== undefined && { membrane: accuracy.membrane }),
    ...(meanSquaredError !== undefined && { meanSquaredError }),
  };
}

function summaryOf({ train, validation }: Pick<EpochRecord, "train" | "validation">): EpochSummary {
  const { firstSpike } = train.accuracy;
  return {
    trainLoss: train.loss,
    ...(firstSpike !== undefined && { trainFirstSpike: firstSpike }),
    validationLoss: validation?.loss ?? null,
    validationFirstSpike: validation?.accuracy.firstSpike ?? null,
    spikesPerSample: (validation ?? train).spikes.perSample,
    ...answersOf(validation ?? train),
  };
}
