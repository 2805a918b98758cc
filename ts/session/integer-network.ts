import { concatenated } from "../check/concatenated.js";
import { type FieldChecks, fields } from "../check/fields.js";
import { callback, positive, refuse, whole } from "../check/values.js";
import { type SpikeDataset, samplesOf } from "../datasets/dataset.js";
import { type OwnBytes, ownBytes } from "../io/bytes.js";
import { silent } from "../results.js";
import { untilAborted } from "../runtime/abort.js";
import type { IntegerPredictionArrays } from "../runtime/backend.js";
import { abortSignal } from "../runtime/options.js";
import { SpikeEvents } from "../spikes.js";
import { Budget } from "./budget.js";
import type { ExclusiveSession } from "./exclusive.js";
import type { Feed } from "./feed.js";
import { type Integers, integersFrom, numbersOf } from "./integer-numbers.js";

/**
 * Settings of a conversion to whole numbers.
 *
 * @experimental
 */
export interface QuantizeOptions {
  /** Samples on which the largest currents and membranes are measured, at least one; some hundreds are enough. They need no labels. */
  calibration: SpikeDataset;
  /** Bits of currents and membranes; 32 by default. */
  stateBits?: 16 | 32;
  /** Bits of the weights, from 2 to 8; `training.weightBits` by default, or 8. */
  weightBits?: number;
  /**
   * Percentile of the absolute weights of a unit that becomes the largest whole number (127 of 8 bits), above 0 and at most 100; larger
   * weights are clamped. 100 by default: none is.
   */
  percentile?: number;
}

/**
 * Answers of a network of whole numbers to samples.
 *
 * @experimental
 */
export interface IntegerPrediction {
  /**
   * Output that each sample is decided for, as the loss trains: by the first spike, or by the largest score, the lowest index on ties;
   * -1 where no output fired. Empty where nothing is decided (loss `trace`).
   */
  classes: Int32Array;
  /** `[sample][output]`: spikes, or the sum (for `mean` and `each`), largest or last value of a readout's membrane; exact up to 2⁵³. */
  scores: Float64Array;
  /** `[sample][step][output]`: membranes of a readout, in units of `membraneScale`. */
  membranes?: Int32Array;
  /** How often a current or a membrane was held within its bits. If that is not rare, calibrate with other samples or use 32 bits. */
  clamped: number;
  /** Spikes of each layer with neurons; a readout has none. */
  layers: SpikeEvents[];
}

/**
 * Options of a pass of a network of whole numbers.
 *
 * @experimental
 */
export interface IntegerPassOptions {
  /** Aborts the pass, which then throws the reason of the signal. */
  signal?: AbortSignal;
  /** Called with the number of samples that are done. */
  onProgress?: (progress: { done: number; all: number }) => void;
}

const CHECKS: FieldChecks<QuantizeOptions> = {
  calibration: samplesOf,
  stateBits: (value, path) => (value === 16 || value === 32 ? value : refuse("CONFIG_INVALID", path, "16 or 32", value)),
  weightBits: whole(2, 8),
  percentile: positive,
};

const quantizeOptions = fields<QuantizeOptions>(CHECKS, "calibration");

const passOptions = fields<IntegerPassOptions>({ signal: abortSignal, onProgress: callback });

/** The session of a network, its data sets, and the number of its layers with neurons. */
interface Home {
  readonly session: ExclusiveSession;
  readonly feed: Feed;
  readonly layers: number;
}

/**
 * A network of whole numbers: weights of 8 bits or less, states of 16 or 32. All its results are exact, the same on every machine and in every
 * language. It keeps what it was made of, whatever becomes of the network that it comes from, and fails with `DISPOSED` once that is
 * disposed of.
 *
 * @experimental
 */
export class IntegerNetwork implements Disposable {
  /** The whole numbers, as plain data: `network.integerNetwork` makes the same network of them. */
  readonly integers: Integers;
  readonly #home: Home;
  readonly #id: number;

  private constructor(home: Home, id: number, integers: Integers) {
    this.integers = integers;
    this.#home = home;
    this.#id = id;
    forgotten.register(this, { session: home.session, id }, this);
  }

  /** @internal */
  static async of(home: Home, numbers: Float64Array): Promise<IntegerNetwork> {
    const id = await home.session.run((session) => session.openIntegers(numbers));
    return new IntegerNetwork(home, id, integersFrom(numbers));
  }

  /**
   * Returns the decisions for every sample and the spikes of every layer. Each sample runs all its steps.
   *
   * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` if the data do not fit the network, also for events with values, which
   * whole numbers do not have. An abort throws the reason of the signal.
   */
  async predict(samples: SpikeDataset, options: IntegerPassOptions = {}): Promise<IntegerPrediction> {
    const given = samplesOf(samples, "data");
    const { signal, onProgress } = passOptions(options, "");
    signal?.throwIfAborted();
    const { session, feed, layers } = this.#home;
    const budget = new Budget({ target: session.backend.callMilliseconds });
    const data = await given.load();
    const pass = feed.with(data, async (dataset) => {
      const parts: Part[] = [];
      for (let start = 0; start < data.length; ) {
        const count = Math.min(budget.size, data.length - start);
        const began = performance.now();
        const work = session.run((open) => {
          signal?.throwIfAborted();
          return open.predictIntegers(this.#id, dataset, start, count);
        });
        parts.push({ ...(await untilAborted(work, signal)), samples: count });
        budget.took(count, performance.now() - began);
        start += count;
        onProgress?.({ done: start, all: data.length });
      }
      return joined(parts, layers);
    });
    return untilAborted(pass, signal);
  }

  /** Returns a model file, which `spikelet/infer/integer` runs without this library. */
  async exportModel(): Promise<OwnBytes> {
    return ownBytes(await this.#home.session.run((session) => session.exportIntegers(this.#id)));
  }

  /** Frees the network of whole numbers; later calls fail with `SHAPE_MISMATCH`. */
  dispose(): void {
    forgotten.unregister(this);
    close({ session: this.#home.session, id: this.#id });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** @internal What a network makes of itself and of whole numbers. */
export function integerNetworks(home: Home) {
  return {
    async quantize(options: QuantizeOptions): Promise<IntegerNetwork> {
      const { calibration, stateBits = 32, weightBits = 0, percentile = 100 } = quantizeOptions(options, "");
      const data = await calibration.load();
      const numbers = await home.feed.with(data, (dataset) =>
        home.session.run((session) => session.quantize(dataset, 0, data.length, stateBits, weightBits, percentile)),
      );
      return IntegerNetwork.of(home, numbers);
    },
    open: async (integers: Integers): Promise<IntegerNetwork> => IntegerNetwork.of(home, numbersOf(integers)),
  };
}

/** Answers of one call. */
interface Part extends IntegerPredictionArrays {
  readonly samples: number;
}

function joined(parts: readonly Part[], layers: number): IntegerPrediction {
  const all = <T extends ArrayLike<number>>(of: (part: Part) => T): T[] => parts.map(of);
  const membranes = concatenated(
    all((part) => part.membranes),
    Int32Array,
  );
  return {
    classes: concatenated(
      all((part) => part.decisions),
      Int32Array,
    ),
    scores: concatenated(
      all((part) => part.scores),
      Float64Array,
    ),
    ...(membranes.length > 0 && { membranes }),
    clamped: parts.reduce((sum, part) => sum + part.clamped, 0),
    layers: Array.from({ length: layers }, (_, layer) =>
      SpikeEvents.concat(parts.map((part) => part.layers[layer] ?? silent(part.samples))),
    ),
  };
}

/** Where the numbers of a network are. */
interface Place {
  session: ExclusiveSession;
  id: number;
}

/** Frees networks of whole numbers that are no longer referenced. */
const forgotten = new FinalizationRegistry(close);

function close({ session, id }: Place): void {
  // One that is closed already is what was asked for.
  if (!session.isDisposed) session.run((open) => open.closeIntegers(id)).catch(() => undefined);
}
