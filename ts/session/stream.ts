import { type FieldChecks, fields, record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import { MAX_STEPS } from "../check/steps.js";
import { floats, whole } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { StreamArrays } from "../runtime/backend.js";
import { type SpikeTrain, trainArrays } from "../spikes.js";
import type { ExclusiveSession } from "./exclusive.js";

/** Options of a stream that takes a signal. */
export interface StreamOptions {
  /** How the signal becomes spikes: one of the encodings of signals. */
  encoding?: Encoding;
  /** Channels of the signal, only with an encoding; 1 by default. */
  channels?: number;
}

/** What the network did in the steps of one call, and its decisions so far. */
export interface StreamAnswer {
  /** First of these steps, counted from the start of the stream. */
  start: number;
  /** Number of steps since the start, including these. */
  steps: number;
  /** Output spikes of these steps; times are counted from `start`. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** Spikes of each output since the start. */
  counts: Uint32Array;
  /** Output with the most spikes so far; ties and silence give the lowest index. */
  byCount: number;
  /** Output that fired first, the lowest index on ties; `undefined` before the first spike. */
  byFirstSpike: number | undefined;
  /** Step of the first output spike; `undefined` before it. */
  decisionStep: number | undefined;
}

const CHECKS: FieldChecks<StreamOptions> = { encoding: (value, path) => record(value, path) as Encoding, channels: whole(1) };

const streamOptions = fields<StreamOptions>(CHECKS);

/**
 * A network that answers step by step. Its units keep their state between calls. Up to the number of steps in the configuration
 * its spikes are those of a sample, bit for bit; there is no last step. It uses the parameters that the network had when the
 * stream began. Calls wait for each other and for those of the network, with what they were given: its memory may be used again at
 * once. They fail with `DISPOSED` once the network is disposed of.
 */
export class SpikeStream implements Disposable {
  readonly #session: ExclusiveSession;
  readonly #id: number;

  private constructor(session: ExclusiveSession, id: number) {
    this.#session = session;
    this.#id = id;
    forgotten.register(this, { session, id }, this);
  }

  /** @internal Use `network.stream()`. */
  static async open(session: ExclusiveSession, options: StreamOptions): Promise<SpikeStream> {
    const { encoding, channels } = streamOptions(options, "");
    if (encoding === undefined && channels !== undefined) {
      throw new SpikeletError("CONFIG_INVALID", "channels", "are those of a signal: give an encoding too");
    }
    const parts = [
      ...(encoding === undefined ? [] : [`"encoding":${jsonOf(encoding, "encoding")}`]),
      ...(channels === undefined ? [] : [`"channels":${channels}`]),
    ];
    const id = await session.run((open) => open.openStream(`{${parts.join()}}`));
    return new SpikeStream(session, id);
  }

  /**
   * Runs the next steps.
   *
   * @param spikes in any order, with times counted from the first of these steps.
   * @param steps 1 by default, 65,535 at most.
   * @throws {SpikeletError} `SHAPE_MISMATCH` for spikes outside these steps or the input, `DATA_FORMAT` for numbers that are not
   * whole; then no step is run.
   */
  async run(spikes: SpikeTrain, steps = 1): Promise<StreamAnswer> {
    whole(0, MAX_STEPS)(steps, "steps");
    const { times, units } = trainArrays(spikes, "spikes");
    return answerOf(await this.#session.run((session) => session.runStream(this.#id, times, units, steps)));
  }

  /**
   * Runs the steps that the next values of the signal complete: with `delta`, `levels` and `current` one for each point in time,
   * with `logMel` one for each hop.
   *
   * @param values `[time][channel]`, at most 65,535 points in time.
   * @throws {SpikeletError} `DATA_FORMAT` for values that are not finite, `SHAPE_MISMATCH` if channels are missing at the last
   * point, `CONFIG_INVALID` for a stream without an encoding; then the stream stays unchanged.
   */
  async runSignal(values: Float32Array): Promise<StreamAnswer> {
    const copy = floats(values, "values").slice();
    return answerOf(await this.#session.run((session) => session.runStreamSignal(this.#id, copy)));
  }

  /** Resets the stream to the state before the first step. */
  async restart(): Promise<void> {
    return this.#session.run((session) => session.restartStream(this.#id));
  }

  /** Frees the stream; later calls fail with `SHAPE_MISMATCH`. */
  dispose(): void {
    forgotten.unregister(this);
    close({ session: this.#session, id: this.#id });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Where the parameters and states of a stream are. */
interface Place {
  session: ExclusiveSession;
  id: number;
}

/** Frees streams that are no longer referenced. */
const forgotten = new FinalizationRegistry(close);

function close({ session, id }: Place): void {
  // A stream that is closed already is what was asked for.
  if (!session.isDisposed) session.run((open) => open.closeStream(id)).catch(() => undefined);
}

function answerOf({ times, units, counts, start, steps, firstStep, firstUnit }: StreamArrays): StreamAnswer {
  let byCount = 0;
  for (const [unit, count] of counts.entries()) if (count > (counts[byCount] ?? 0)) byCount = unit;
  return {
    start,
    steps,
    spikes: { times, units },
    counts,
    byCount,
    byFirstSpike: firstUnit ?? undefined,
    decisionStep: firstStep ?? undefined,
  };
}
