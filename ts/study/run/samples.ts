import type { SpikeDataset, Split } from "../../datasets/dataset.js";
import { canonical, type Json, type JsonObject } from "../../json.js";
import { Fields } from "../plan/fields.js";
import { samplesIdentity } from "../store/identity.js";

/** Where the samples of a study come from. */
export interface DataSupply {
  /**
   * All samples of the `data` of a configuration, encoded, for a network of `steps` steps.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field, `DATA_FORMAT` for data that can't be read.
   */
  load(section: JsonObject, steps: number): Promise<SpikeDataset>;
  /** The three parts of what {@link load} gave. */
  split(section: JsonObject, data: SpikeDataset): Split;
}

/** What a study does with the parts of its data. */
interface Parts {
  /** Samples of each part at most. */
  train: number | undefined;
  validation: number | undefined;
  test: number | undefined;
  /** Whether the training samples are also those to be judged by. */
  isRemembered: boolean;
  /** Whether the validation samples stand for the test samples. */
  isTestHidden: boolean;
}

/** Loads the data of runs, what is asked for in a row once. */
export class Samples {
  readonly #supply: DataSupply;
  #last: { key: string; data: Promise<SpikeDataset>; split?: Promise<Split> } | undefined;

  constructor(supply: DataSupply) {
    this.#supply = supply;
  }

  /** The parts that a run learns from and is judged by. */
  async split(data: Json | undefined, steps: number): Promise<Split> {
    const { source, parts } = partsOf(data);
    const last = this.#load(source, steps);
    last.split ??= last.data.then((whole) => this.#supply.split(source, whole));
    const whole = await last.split;
    const train = whole.train.slice(0, parts.train);
    if (parts.isRemembered) return { train, validation: train, test: train };
    const validation = whole.validation.slice(0, parts.validation);
    return { train, validation, test: parts.isTestHidden ? validation : whole.test.slice(0, parts.test) };
  }

  /** SHA-256 of all samples before they are encoded, with their targets. */
  async hash(data: Json | undefined, steps: number): Promise<string> {
    return samplesIdentity(await this.#load(partsOf(data).source, steps).data);
  }

  #load(source: JsonObject, steps: number): { data: Promise<SpikeDataset>; split?: Promise<Split> } {
    const key = canonical({ source, steps });
    if (this.#last?.key !== key) this.#last = { key, data: this.#supply.load(source, steps) };
    return this.#last;
  }
}

/** What a study adds to the `data` of a configuration. */
const OWN: ReadonlySet<string> = new Set(["train", "validation", "test", "isRemembered", "isTestHidden", "isDrawnPerSeed"]);

/** Tells what a study does with the data from what they are. */
function partsOf(data: Json = {}): { source: JsonObject; parts: Parts } {
  const fields = new Fields(data, "data");
  const count = (name: string) => (fields.has(name) ? fields.whole(name, 1) : undefined);
  const parts = { train: count("train"), validation: count("validation"), test: count("test") };
  const source = Object.fromEntries(fields.entries().filter(([name]) => !OWN.has(name)));
  return { source, parts: { ...parts, isRemembered: fields.flag("isRemembered"), isTestHidden: fields.flag("isTestHidden") } };
}
