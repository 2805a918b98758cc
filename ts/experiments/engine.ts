import type { Split } from "../datasets/dataset.js";
import type { EpochEndEvent } from "../events.js";
import type { Config, EpochRecord } from "../generated/config.js";
import { type CreateOptions, restoreNetwork } from "../network.js";
import { createTrainer, type Trainer } from "../trainer.js";
import { version } from "../version.js";
import { type Choice, type Experiment, type ExperimentData, type Scale, type Variant, variantName } from "./experiment.js";
import { hashOfData, runId } from "./identity.js";
import type { DataRecord, RunRecord } from "./record.js";

/** Where data come from. */
export interface DataSupply {
  isAtHand(data: ExperimentData): boolean;
  /** The three parts, encoded, for a network of `steps` steps. */
  load(data: ExperimentData, steps: number): Promise<Split>;
}

/** Where finished runs are kept. */
export interface RecordStore {
  find(id: string): Promise<RunRecord | undefined>;
  keep(record: RunRecord): Promise<void>;
}

export interface ExperimentOptions {
  scale: Scale;
  seeds: readonly number[];
  data: DataSupply;
  records: RecordStore;
  /** Changes the configuration of every run before it starts. */
  adapt?: (config: Config) => Config;
  /** How to compute, and what ends the experiment: it throws the signal's reason, and finished runs stay. */
  create?: CreateOptions;
}

/** Where the experiment stands. Runs count from 1. */
export type ExperimentEvent =
  | { type: "runStarted"; run: number; runs: number; variant: string; seed: number; data: DataRecord }
  | { type: "epochEnd"; run: number; runs: number; variant: string; seed: number; epoch: EpochEndEvent }
  | { type: "runFinished"; run: number; runs: number; variant: string; seed: number; wasKept: boolean; record: RunRecord };

interface Run {
  run: number;
  runs: number;
  variant: string;
  seed: number;
}

/**
 * Runs every variant with every seed, and gives the records as they come. Runs that the store knows are not run again.
 *
 * Seeds are the outer loop: what is there when it is stopped compares all variants.
 */
export async function* runExperiment(experiment: Experiment, options: ExperimentOptions): AsyncGenerator<ExperimentEvent> {
  const { scale, seeds, records, create = {} } = options;
  const variants = experiment.variants(scale);
  const supply = new CachedSupply(options.data);
  let run = 0;
  for (const seed of seeds) {
    for (const variant of variants) {
      create.signal?.throwIfAborted();
      const place: Run = { run: ++run, runs: seeds.length * variants.length, variant: variantName(variant), seed };
      const config = seeded(options.adapt?.(variant.config) ?? variant.config, seed);
      const choice = variant.choice ?? experiment.choice;
      const wanted = firstAtHand(variant.data ?? experiment.data(scale), options.data);
      using trainer = await createTrainer(config, create);
      const { split, record: data } = await supply.load(withSeed(wanted, seed), trainer.config.network.steps);
      const id = await runId(trainer.config, data.hash, choice);
      const known = await records.find(id);
      const labels = { experiment: experiment.name, ...labelsOf(variant), seed };
      if (known !== undefined) {
        yield { type: "runFinished", ...place, wasKept: true, record: { ...known, ...labels } };
        continue;
      }
      yield { type: "runStarted", ...place, data };
      const training = new ChosenEpoch(choice);
      const start = performance.now();
      for await (const event of trainEpochs(trainer, split, create.signal)) {
        await training.take(event, trainer);
        yield { type: "epochEnd", ...place, epoch: event };
      }
      const seconds = (performance.now() - start) / 1000;
      using tested = await restoreNetwork(training.checkpoint, create);
      const test = await tested.evaluate(split.test, create.signal ? { signal: create.signal } : {});
      const { simd, threads } = trainer.info;
      const record: RunRecord = {
        id,
        ...labels,
        config: trainer.config,
        data,
        epochs: training.epochs,
        chosen: { epoch: training.epoch, by: choice },
        test,
        cost: { seconds, samplesPerSecond: training.samplesPerSecond },
        backend: { kind: trainer.backend.kind, simd, threads },
        version,
      };
      await records.keep(record);
      yield { type: "runFinished", ...place, wasKept: false, record };
    }
  }
}

async function* trainEpochs(
  trainer: Trainer,
  { train, validation }: Split,
  signal: AbortSignal | undefined,
): AsyncGenerator<EpochEndEvent & { samplesPerSecond: number }> {
  const options = { ...(validation.length > 0 ? { validation } : {}), ...(signal ? { signal } : {}) };
  for await (const event of trainer.run(train, options)) if (event.type === "epochEnd") yield event;
}

/** Keeps the weights of the best epoch so far, the earliest of equals. */
class ChosenEpoch {
  readonly #choice: Choice;
  readonly epochs: EpochRecord[] = [];
  checkpoint = new Uint8Array();
  epoch = 0;
  samplesPerSecond = 0;
  #best = Number.NEGATIVE_INFINITY;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  async take(event: EpochEndEvent & { samplesPerSecond: number }, trainer: Trainer): Promise<void> {
    const { epoch, epochs, learningRate, train, validation } = event;
    this.epochs.push({ epoch, epochs, learningRate, train, validation });
    this.samplesPerSecond += (event.samplesPerSecond - this.samplesPerSecond) / this.epochs.length;
    const score = scoreOf(this.#choice, { train, validation });
    if (this.#choice !== "last" && score <= this.#best) return;
    this.#best = score;
    this.epoch = epoch;
    this.checkpoint = Uint8Array.from(await trainer.checkpoint());
  }
}

/** The larger the better, on the validation data; where there are none, on the training data. */
export function scoreOf(choice: Choice, { train, validation }: Pick<EpochRecord, "train" | "validation">): number {
  const seen = validation ?? train;
  return choice === "loss" || choice === "last" ? -seen.loss : seen.accuracy[choice];
}

function labelsOf({ series, at, attempt }: Variant): Pick<RunRecord, "series" | "at" | "attempt"> {
  return { series, at: at ?? null, attempt: attempt ?? null };
}

function seeded(config: Config, seed: number): Config {
  return { ...config, training: { ...config.training, seed } };
}

function withSeed(data: ExperimentData, seed: number): ExperimentData {
  return data.isDrawnPerSeed ? { ...data, options: { ...data.options, seed } } : data;
}

/** The last of the list is what everyone has. */
function firstAtHand(list: readonly ExperimentData[], supply: DataSupply): ExperimentData {
  const found = list.find((data) => supply.isAtHand(data)) ?? list.at(-1);
  if (found === undefined) throw new RangeError("an experiment needs data");
  return found;
}

/** Loads and hashes what is asked for in a row only once. */
class CachedSupply {
  readonly #supply: DataSupply;
  #key = "";
  #loaded: Promise<{ split: Split; record: DataRecord }> | undefined;

  constructor(supply: DataSupply) {
    this.#supply = supply;
  }

  load(data: ExperimentData, steps: number): Promise<{ split: Split; record: DataRecord }> {
    const key = JSON.stringify([data, steps]);
    if (this.#loaded === undefined || key !== this.#key) {
      this.#key = key;
      this.#loaded = this.#load(data, steps);
    }
    return this.#loaded;
  }

  async #load(data: ExperimentData, steps: number): Promise<{ split: Split; record: DataRecord }> {
    const whole = await this.#supply.load(data, steps);
    const train = whole.train.slice(0, data.train);
    const [validation, test] = data.isRemembered
      ? [train, train]
      : [whole.validation.slice(0, data.validation), whole.test.slice(0, data.test)];
    const split = { train, validation, test };
    const record: DataRecord = {
      dataset: data.dataset,
      name: train.info.name,
      encoding: train.encoding ?? null,
      train: train.length,
      validation: validation.length,
      test: test.length,
      hash: await hashOfData(split),
    };
    return { split, record };
  }
}
