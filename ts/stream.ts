import { type FieldChecks, fields, record } from "./check/fields.js";
import { jsonOf } from "./check/json.js";
import { floats, numbers, whole } from "./check/values.js";
import type { Encoding } from "./generated/config.js";
import type { StreamArrays } from "./runtime/backend.js";
import type { ExclusiveSession } from "./runtime/exclusive.js";
import { SpikeEvents, type SpikeTrain } from "./spikes.js";

/** What goes into a stream, where it is a signal. */
export interface StreamOptions {
  /** How the signal becomes spikes: one of the encodings of signals. */
  encoding?: Encoding;
  /** Channels of the signal; 1 unless given. */
  channels?: number;
}

/** What the network did in the steps of a call, and where it stands. */
export interface StreamAnswer {
  /** Number of the first of these steps, counted from the beginning of the stream. */
  start: number;
  /** Steps since the beginning, these included. */
  steps: number;
  /** Output spikes of these steps; times are counted from `start`. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** Spikes of each output since the beginning. */
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

/** Steps of a call at most. */
const MAX_STEPS = 0xffff;

/**
 * A network that answers step by step: what units carry from step to step is kept between calls. Up to the steps of the configuration its spikes are
 * those of a sample, bit for bit; it goes on for as long as steps come. It has the parameters that the network had when it began.
 *
 * Calls wait for each other and for those of the network; every one fails with `DISPOSED` once the network is disposed.
 */
export class SpikeStream implements Disposable {
  readonly #session: ExclusiveSession;
  readonly #id: number;

  private constructor(session: ExclusiveSession, id: number) {
    this.#session = session;
    this.#id = id;
  }

  /** @internal Use `network.stream()`. */
  static async open(session: ExclusiveSession, options: StreamOptions): Promise<SpikeStream> {
    const { encoding, channels } = streamOptions(options, "");
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
   * @param spikes those of these steps, in any order, times counted from the first of them.
   * @param steps 1 unless given, 65,535 at most.
   * @throws {SpikeletError} `SHAPE_MISMATCH` for spikes outside these steps or the input, `DATA_FORMAT` for what is no whole number; no step is run then.
   */
  async run(spikes: SpikeTrain, steps = 1): Promise<StreamAnswer> {
    whole(0, MAX_STEPS)(steps, "steps");
    const { times, units } = arraysOf(spikes);
    return answerOf(await this.#session.run((session) => session.runStream(this.#id, times, units, steps)));
  }

  /**
   * Runs the steps that the next values of the signal complete: with `delta`, `levels` and `current` one for each time, with `logMel` one every
   * hop.
   *
   * @param values `[time][channel]`, for 65,535 times at most.
   * @throws {SpikeletError} `DATA_FORMAT` for values that are not finite, `SHAPE_MISMATCH` for a part of a time, `CONFIG_INVALID` for a stream without an
   * encoding; nothing is taken then.
   */
  async runSignal(values: Float32Array): Promise<StreamAnswer> {
    floats(values, "values");
    return answerOf(await this.#session.run((session) => session.runStreamSignal(this.#id, values)));
  }

  /** Goes back to before the first step. */
  async restart(): Promise<void> {
    return this.#session.run((session) => session.restartStream(this.#id));
  }

  /** Lets go of it; calls of it fail with `SHAPE_MISMATCH` from then on. */
  dispose(): void {
    if (this.#session.isDisposed) return;
    // A stream that is closed already is what was asked for.
    this.#session.run((session) => session.closeStream(this.#id)).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function arraysOf(spikes: SpikeTrain): { times: Uint16Array; units: Uint32Array } {
  const { times, units } = record(spikes, "spikes", "DATA_FORMAT");
  if (times instanceof Uint16Array && units instanceof Uint32Array) return { times, units };
  const train = { times: numbers(times, "spikes.times"), units: numbers(units, "spikes.units") };
  return SpikeEvents.fromTrains([train], "spikes").sample(0);
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
