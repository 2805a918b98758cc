import type { Config, Encoding } from "spikelet";
import { type BestBy, type Figure, type Halving, type JsonObject, OBJECTIVES, type Objective, type Point } from "spikelet/study";

/** `full` is what the documentation shows; `quick` takes about a minute and shows the way, not the result. */
export type Scale = "full" | "quick";

/** Samples to learn from and to be judged by: the `data` of a configuration, without a folder. */
export interface ExperimentData {
  /** A data set of the command line. */
  dataset: string;
  options?: Readonly<Record<string, unknown>>;
  /** How values become spikes; the data set's own way unless given. */
  encoding?: Encoding;
  /** Training samples at most, the first of the training part. */
  train?: number;
  /** Validation samples at most. */
  validation?: number;
  /** Test samples at most. */
  test?: number;
  /** Whether the seed of a run is the seed of its data, too. */
  isDrawnPerSeed?: boolean;
  /** Whether the training samples are also those to be judged by: how well are they learnt? */
  isRemembered?: boolean;
  /** Whether the validation samples stand for the test samples, which such a run never sees: for the choice of settings. */
  isTestHidden?: boolean;
  /** Whether the validation samples are learnt as well: for the last runs, where nothing is left to be chosen. */
  isValidationLearnt?: boolean;
  /** Whether the spikes of each sample exchange their times at random. */
  areTimesShuffled?: boolean;
}

/** One setting of an experiment; every seed runs it. */
export interface Variant {
  /** What is compared: a rule, a recipe. */
  series: string;
  /** Where on the experiment's axis. */
  at?: number | string;
  /**
   * One of several tries at the same series and place, for example a learning rate. The one with the best mean validation
   * result stands for all.
   */
  attempt?: string;
  /** Without a seed. */
  config: Config;
  /** Instead of the experiment's. */
  data?: readonly ExperimentData[];
  bestBy?: BestBy;
  /** What is searched before it runs, by path: values, or a range, as in the `settings` of a plan. As it stands unless given. */
  search?: JsonObject;
  /** What the search learns and is ranked by, instead of the data of the {@link Tuning}. */
  tunedOn?: readonly ExperimentData[];
  /** Seed of the points of the search, instead of that of the {@link Tuning}. */
  searchSeed?: number;
}

/** How the settings of each variant are found before it is compared: the same trials for all, with seeds of their own. */
export interface Tuning {
  /** Points of the search. */
  trials: number;
  /** Seed of the points. */
  seed: number;
  /** Seeds of the trainings; none of those that the results are of. */
  seeds: readonly number[];
  halving: Halving;
  /** The first that is at hand. The test samples stay hidden. */
  data: readonly ExperimentData[];
}

/** A question, and the runs that answer it: a plan with a name, and what its page shows. */
export interface Experiment {
  name: string;
  /** One line for lists. */
  title: string;
  /** What is asked, and what to know when reading the answer. */
  question: string;
  /** Data in order of preference: the first that is at hand. */
  data(scale: Scale): readonly ExperimentData[];
  /** Runs of every variant unless told otherwise: seeds 1 to this. */
  seeds: Readonly<Record<Scale, number>>;
  bestBy: BestBy;
  /** What attempts are compared by, instead of what `bestBy` names: where there are no validation samples. */
  objective?: Objective;
  /** How variants with a `search` get their settings. */
  tuning?(scale: Scale): Tuning;
  /** Name of what `at` says. */
  axis?: string;
  variants(scale: Scale): readonly Variant[];
  figures: readonly Figure[];
}

/** How an experiment is asked for. */
export interface ExperimentOptions {
  scale: Scale;
  seeds: readonly number[];
  /** Whether a data set can be loaded here. */
  isAtHand: (data: ExperimentData) => boolean;
  /** Changes the configuration of every run. */
  adapt?: (config: Config) => Config;
  /** The command that asked, for the page. */
  command?: string;
  /** What searches chose, by {@link variantName}. */
  chosen?: ReadonlyMap<string, Point>;
}

/** The plan of an experiment, as a file would say it. */
export function planOf(experiment: Experiment, options: ExperimentOptions): JsonObject {
  const { scale, seeds, isAtHand, adapt = (config) => config, command, chosen } = options;
  const variants = experiment.variants(scale).map((variant) => {
    const {
      config,
      data = experiment.data(scale),
      bestBy = experiment.bestBy,
      search: _,
      tunedOn: __,
      searchSeed: ___,
      ...labels
    } = variant;
    const settings = { ...adapt(config), data: firstOf(data, isAtHand), bestBy, ...chosen?.get(variantName(variant)) };
    return { ...labels, settings };
  });
  const { bestBy, objective = OBJECTIVES[bestBy], title, question, axis, figures } = experiment;
  const drawn = figures.length > 0 ? { figures } : {};
  const report = { title, question, command, axis, ...drawn, ...(scale === "quick" && { isQuick: true }) };
  const plan = { variants, seeds, objective, report };
  return JSON.parse(JSON.stringify(plan)) as JsonObject;
}

/** The plan of the search for the settings of a variant. */
export function searchPlanOf(
  { bestBy: usual }: Pick<Experiment, "bestBy">,
  { config, bestBy = usual, search = {}, tunedOn, searchSeed }: Variant,
  { trials, seed, seeds, halving, data }: Tuning,
  { isAtHand, adapt = (config) => config }: Pick<ExperimentOptions, "isAtHand" | "adapt">,
): JsonObject {
  const plan = {
    config: { ...adapt(config), data: { ...firstOf(tunedOn ?? data, isAtHand), isTestHidden: true } },
    settings: search,
    search: { type: "sobol", runs: trials, seed: searchSeed ?? seed },
    seeds,
    halving,
    bestBy,
    objective: OBJECTIVES[bestBy],
  };
  return JSON.parse(JSON.stringify(plan)) as JsonObject;
}

/** The last of the list is what everyone has. */
function firstOf(list: readonly ExperimentData[], isAtHand: ExperimentOptions["isAtHand"]): ExperimentData | undefined {
  return list.find(isAtHand) ?? list.at(-1);
}

/** The name of a variant among those of its experiment. */
export function variantName({ series, at, attempt }: Pick<Variant, "series" | "at" | "attempt">): string {
  return [series, at, attempt].filter((part) => part !== undefined).join(", ");
}
