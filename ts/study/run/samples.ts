import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import type { SplitOptions } from "../../datasets/split.js";
import { canonical, type Json, type JsonObject } from "../../json.js";
import { Fields, planError } from "../plan/fields.js";
import { samplesIdentity } from "../store/identity.js";
import { withShuffledTimes } from "./shuffled-times.js";

/** Where the samples of a study come from. */
export interface DataSupply {
  /**
   * All samples of the `data` of a configuration, encoded, for a network of `steps` steps.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `DATA_FORMAT` for data that can't be read.
   */
  load(section: JsonObject, steps: number): Promise<SpikeDataset>;
  /** The three parts of what {@link load} gave, in the sizes of the data set unless told otherwise. */
  split(section: JsonObject, data: SpikeDataset, sizes?: Pick<SplitOptions, "validation">): Split;
}

/** How a study uses the parts of its data. */
interface Parts {
  /** Training samples at most; all unless given. */
  train: number | undefined;
  validation: number | undefined;
  test: number | undefined;
  /** Whether the training samples are also the validation and test samples. */
  isRemembered: boolean;
  /** Whether the validation samples stand for the test samples. */
  isTestHidden: boolean;
  /** Whether the validation samples are training samples, too. */
  isValidationLearnt: boolean;
  /** Whether the spikes of each sample exchange their times. */
  areTimesShuffled: boolean;
}

/** Samples of one source, and their parts: with the validation samples apart, or among the training samples. */
interface Loaded {
  key: string;
  data: Promise<SpikeDataset>;
  splits: Map<boolean, Promise<Split>>;
}

/** Loads the data of runs; the data of runs that follow each other only once. */
export class Samples {
  readonly #supply: DataSupply;
  #last: Loaded | undefined;

  constructor(supply: DataSupply) {
    this.#supply = supply;
  }

  /** Returns the parts of the data that a run learns from and is evaluated on. */
  async split(data: Json | undefined, steps: number): Promise<Split> {
    const { source, parts } = partsOf(data);
    const whole = await this.#split(source, steps, parts);
    const train = whole.train.slice(0, parts.train);
    if (parts.isRemembered) return { train, validation: train, test: train };
    const validation = whole.validation.slice(0, parts.validation);
    return { train, validation, test: parts.isTestHidden ? validation : whole.test.slice(0, parts.test) };
  }

  /** SHA-256 of all samples before they are encoded, with their targets. */
  async hash(data: Json | undefined, steps: number): Promise<string> {
    return samplesIdentity(await this.#load(partsOf(data).source, steps).data);
  }

  async #split(
    source: JsonObject,
    steps: number,
    { isValidationLearnt, areTimesShuffled }: Pick<Parts, "isValidationLearnt" | "areTimesShuffled">,
  ): Promise<Split> {
    const { data, splits } = this.#load(source, steps, areTimesShuffled);
    const sizes = isValidationLearnt ? { validation: 0 } : {};
    const split = splits.get(isValidationLearnt) ?? data.then((whole) => this.#supply.split(source, whole, sizes));
    splits.set(isValidationLearnt, split);
    return split;
  }

  #load(source: JsonObject, steps: number, areTimesShuffled = false): Loaded {
    const key = canonical({ source, steps, areTimesShuffled });
    if (this.#last?.key === key) return this.#last;
    const samples = this.#supply.load(source, steps);
    const data = areTimesShuffled ? samples.then((ordered) => withShuffledTimes(ordered, steps)) : samples;
    const loaded = { key, data, splits: new Map() };
    this.#last = loaded;
    // Data that could not be read may be there for the next run.
    loaded.data.catch(() => {
      if (this.#last === loaded) this.#last = undefined;
    });
    return loaded;
  }
}

/** Fields that a study adds to the `data` of a configuration. */
const STUDY_FIELDS: ReadonlySet<string> = new Set([
  "train",
  "validation",
  "test",
  "isRemembered",
  "isTestHidden",
  "isValidationLearnt",
  "isDrawnPerSeed",
  "areTimesShuffled",
]);

/** Separates the fields for the study from those that name the data. */
function partsOf(data: Json = {}): { source: JsonObject; parts: Parts } {
  const fields = new Fields(data, "data");
  const count = (name: string) => (fields.has(name) ? fields.whole(name, 1) : undefined);
  const parts = { train: count("train"), validation: count("validation"), test: count("test") };
  const source = Object.fromEntries(fields.entries().filter(([name]) => !STUDY_FIELDS.has(name)));
  const isTestHidden = fields.flag("isTestHidden");
  const isValidationLearnt = fields.flag("isValidationLearnt");
  if (isValidationLearnt && (isTestHidden || parts.validation !== undefined)) {
    const reason = isTestHidden ? "isTestHidden has none to judge by then" : "there are none to be limited then";
    throw planError("data.isValidationLearnt", `leaves no validation samples: ${reason}`);
  }
  const flags = { isRemembered: fields.flag("isRemembered"), areTimesShuffled: fields.flag("areTimesShuffled") };
  return { source, parts: { ...parts, ...flags, isTestHidden, isValidationLearnt } };
}
