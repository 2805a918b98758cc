import { type FieldChecks, fields, record } from "../check/fields.js";
import { jsonOf } from "../check/json.js";
import { MAX_STEPS, steps } from "../check/steps.js";
import { bytes, finite, floats, listOf, numbers, refuse, whole } from "../check/values.js";
import type { Decision } from "../decisions.js";
import { SpikeletError } from "../errors.js";
import type { Encoding } from "../generated/config.js";
import type { TrainedOn } from "../network-info.js";
import { fromArrays, type LayerParameters } from "../results.js";
import type { DecisionArrays, Session, StreamArrays } from "../runtime/backend.js";
import { type SpikeTrain, trainArrays } from "../spikes.js";
import type { ExclusiveSession } from "./exclusive.js";

/** Options of a stream. */
export interface StreamOptions {
  /** How a signal becomes spikes: one of the encodings of signals; by default that of the signals that the network was trained on. */
  encoding?: Encoding;
  /** Channels of the signal, only with an encoding; 1 by default, or those of the encoding that the network was trained on. */
  channels?: number;
  /** Steps that each of `decisions` is over, 1 to 65,535; without it, there are none. */
  window?: number;
  /** Steps from the start to the first of `decisions` and from each to the next, 1 to 65,535; those of `window` by default. */
  hop?: number;
  /**
   * Lets the parameters of the stream move as it runs, by the rule `eprop` (specification 19.2).
   *
   * @experimental
   */
  learn?: StreamLearning;
  /**
   * What `save()` of a stream with the same configuration and options returned: the stream goes on from there.
   *
   * @experimental
   */
  saved?: Uint8Array;
}

/**
 * How a stream learns.
 *
 * @experimental
 */
export interface StreamLearning {
  /** Steps from one update to the next, 1 by default; only for targets. */
  every?: number;
  /** Learns by rewards of its actions (`act`, `reward`) in the place of targets (`learn`). */
  reward?: RewardLearning;
  /** Learning rate; `optimizer.learningRate` by default, without a schedule. */
  learningRate?: number;
}

/**
 * How a stream learns by rewards.
 *
 * @experimental
 */
export interface RewardLearning {
  /** What is left of an action's share in a reward a step later, 0 to below 1; 0.95 by default. */
  decay?: number;
  /** Seed of the actions; `training.seed` by default. */
  seed?: number;
}

/**
 * What a readout should do at a step: for the loss `membrane` the label, for the loss `trace` the membrane of each output;
 * `undefined` where there is no target.
 *
 * @experimental
 */
export type StepTarget = number | ArrayLike<number> | undefined;

/** What the outputs did in some steps of a stream, and what that decides. Steps are counted from the start of the stream. */
export interface StreamDecision {
  /** First of the steps. */
  from: number;
  /** Step after the last. */
  to: number;
  /** Output by the decision that the loss trains; `undefined` while no output has fired, and for the loss `trace`. */
  output: number | undefined;
  /** Name of that output, where the network has learnt named classes. */
  name?: string;
  /** Spikes of each output. */
  counts: Uint32Array;
  /** Output with the most spikes, the lowest index on ties; `undefined` without spikes. */
  byCount: number | undefined;
  /** Output that fired first, the lowest index on ties; `undefined` without spikes. */
  byFirstSpike: number | undefined;
  /** Step of the first output spike; `undefined` without spikes. */
  decisionStep: number | undefined;
  /** Output whose membrane has the largest statistic, for a readout with the loss `membrane`; otherwise `undefined`. */
  byMembrane: number | undefined;
  /** Statistic of each membrane; the largest decides `byMembrane`. Empty where that is `undefined`. */
  scoresByMembrane: Float32Array;
}

/** What the network did in the steps of one call, and its decisions. Those of the answer itself are over all steps so far. */
export interface StreamAnswer extends StreamDecision {
  /** First of these steps. */
  start: number;
  /** Number of steps since the start, including these. */
  steps: number;
  /** Output spikes of these steps; times are counted from `start`. */
  spikes: { times: Uint16Array; units: Uint32Array };
  /** `[step][output]`: membranes of a readout in these steps; empty if the last layer fires. */
  membranes: Float32Array;
  /** Decisions over windows that ended in these steps, in order; the first windows are shorter, until there are enough steps. */
  decisions: StreamDecision[];
}

/**
 * What the network did, and the action that it chose.
 *
 * @experimental
 */
export interface StreamAction extends StreamAnswer {
  /** Output that was drawn, or the one that was given. */
  action: number;
}

const CHECKS: FieldChecks<StreamOptions> = {
  encoding: (value, path) => record(value, path) as Encoding,
  channels: whole(1),
  window: steps,
  hop: steps,
  learn: fields<StreamLearning>({
    every: whole(1),
    reward: fields<RewardLearning>({ decay: finite, seed: whole(0) }),
    learningRate: finite,
  }),
  saved: bytes,
};

/** Label of a step at which the core draws an action. */
const DRAWN = -1;

const streamOptions = fields<StreamOptions>(CHECKS);

/** What a network was trained for, and on. */
interface Trained {
  decision: Decision;
  data: TrainedOn | null | undefined;
  /** Numbers of its layers with neurons and of its outputs. */
  layers: number;
  outputs: number;
}

/** Encoding and channels of the signals that a network was trained on, if it was. */
function signalOf({ data }: Trained): Pick<StreamOptions, "encoding" | "channels"> {
  if (data?.inputs !== "series" || data.encoding === undefined) return {};
  return { encoding: data.encoding, ...(data.channels !== undefined && { channels: data.channels }) };
}

/**
 * A network that answers step by step. Its units keep their state between calls. Up to the number of steps in the configuration
 * its spikes and membranes are those of a sample, bit for bit; there is no last step. It uses the parameters that the network had when the
 * stream began. Calls wait for each other and for those of the network, with what they were given: its memory may be used again at
 * once. They fail with `DISPOSED` once the network is disposed of.
 */
export class SpikeStream implements Disposable {
  readonly #session: ExclusiveSession;
  readonly #id: number;
  readonly #trained: Trained;
  readonly #hasRewards: boolean;
  /** Units of a step, in memory that nobody else has. */
  #fired = new Uint32Array(64);
  readonly #row: Float32Array;

  private constructor(session: ExclusiveSession, id: number, trained: Trained, hasRewards: boolean) {
    this.#session = session;
    this.#id = id;
    this.#trained = trained;
    this.#hasRewards = hasRewards;
    this.#row = new Float32Array(trained.outputs);
    forgotten.register(this, { session, id }, this);
  }

  /** @internal Use `network.stream()`. */
  static async open(session: ExclusiveSession, options: StreamOptions, trained: Trained): Promise<SpikeStream> {
    const given = streamOptions(options, "");
    const { encoding, learn, saved, ...numbers } = given.encoding === undefined ? { ...signalOf(trained), ...given } : given;
    if (encoding === undefined && numbers.channels !== undefined) {
      throw new SpikeletError("CONFIG_INVALID", "channels", "are those of a signal: give an encoding too");
    }
    const parts = Object.entries(numbers).map(([name, number]) => `"${name}":${number}`);
    if (encoding !== undefined) parts.push(`"encoding":${jsonOf(encoding, "encoding")}`);
    if (learn !== undefined) parts.push(`"learn":${JSON.stringify(learn)}`);
    const id = await session.run((open) => open.openStream(`{${parts.join()}}`, saved));
    return new SpikeStream(session, id, trained, learn?.reward !== undefined);
  }

  /**
   * Runs the next steps.
   *
   * @param spikes in any order, with times counted from the first of these steps.
   * @param steps 1 by default, 65,535 at most.
   * @throws {SpikeletError} `SHAPE_MISMATCH` for spikes outside these steps or the input, `DATA_FORMAT` for numbers that are not
   * whole, and for values that are not finite or reach a max pool; then no step is run.
   */
  async run(spikes: SpikeTrain, steps = 1): Promise<StreamAnswer> {
    whole(0, MAX_STEPS)(steps, "steps");
    const { times, units, values } = trainArrays(spikes, "spikes");
    return this.#answer(await this.#session.run((session) => session.runStream(this.#id, times, units, steps, values)));
  }

  /**
   * Runs the next step at once, without a promise. The decisions over it come with the next answer of `run`, also of one with 0 steps.
   *
   * @param units that fire, in any order.
   * @returns `[output]`: the membranes of a readout, otherwise 1 for each output that fires and 0 for the others. The array is the
   * stream's own: the next step overwrites it.
   * @throws {SpikeletError} `SHAPE_MISMATCH` for a unit that the input does not have, `CONFIG_INVALID` for a stream with a `window`,
   * `BACKEND_UNAVAILABLE` where the network is in a worker, and while it is at work on another call; then no step is run.
   */
  step(units: ArrayLike<number>): Float32Array {
    return this.#session.atOnce((session) => {
      const count = numbers(units, "units").length;
      if (this.#fired.length < count) this.#fired = new Uint32Array(2 * count);
      for (let place = 0; place < count; place++) {
        const unit = units[place] as number;
        if (unit !== unit >>> 0) refuse("SHAPE_MISMATCH", `units[${place}]`, "a unit of the input", unit);
        this.#fired[place] = unit;
      }
      session.stepStream(this.#id, this.#fired.subarray(0, count), this.#row);
      return this.#row;
    });
  }

  /**
   * Runs as many steps as there are targets, and learns: after each step, or every `learn.every`, the parameters of the stream move.
   * Gradients are those of e-prop, whose memory does not grow with the stream; the error of a step counts as in a sample of the
   * configuration's steps.
   *
   * @param spikes in any order, with times counted from the first of these steps.
   * @param targets one for each step, 65,535 at most.
   * @throws {SpikeletError} as `run`; `SHAPE_MISMATCH` for a target of another length, a label that is no output and a stream without
   * the option `learn`; `NON_FINITE` for parameters that an update left infinite.
   * @experimental
   */
  async learn(spikes: SpikeTrain, targets: readonly StepTarget[]): Promise<StreamAnswer> {
    this.#requireRewards(false);
    const { times, units, values } = trainArrays(spikes, "spikes");
    const outputs = this.#trained.decision === "none" ? this.#trained.outputs : 1;
    const flat = flatTargets(listOf((target) => target, "DATA_FORMAT")(targets, "targets"), outputs);
    const run = (session: Session) => session.learnStream(this.#id, times, units, targets.length, flat, values);
    return this.#answer(await this.#session.run(run));
  }

  /**
   * Runs `steps` more steps, and chooses an action at the last: an output, drawn from the softmax of the membranes of that step times
   * the inverse temperature of the loss.
   *
   * @param spikes in any order, with times counted from the first of these steps.
   * @param steps 1 by default, 65,535 at most.
   * @param action to take instead of drawing one.
   * @throws {SpikeletError} as `run`; `SHAPE_MISMATCH` for an action that is no output and a stream without the option
   * `learn.reward`.
   * @experimental
   */
  async act(spikes: SpikeTrain, steps = 1, action?: number): Promise<StreamAction> {
    this.#requireRewards(true);
    whole(1, MAX_STEPS)(steps, "steps");
    if (action !== undefined) whole(0, this.#trained.outputs - 1)(action, "action");
    const { times, units, values } = trainArrays(spikes, "spikes");
    const targets = new Float32Array(steps).fill(Number.NaN);
    targets[steps - 1] = action ?? DRAWN;
    const run = (session: Session) => session.learnStream(this.#id, times, units, steps, targets, values);
    const found = await this.#session.run(run);
    return { ...this.#answer(found), action: found.action as number };
  }

  /**
   * Moves the parameters by a reward for the actions so far, of which recent ones count most: up for what is above 0, down for what is
   * below. Subtract what you expect, such as the mean of rewards so far; the parameters then move less at random.
   *
   * @throws {SpikeletError} `DATA_FORMAT` for a reward that is no finite number, `SHAPE_MISMATCH` for a stream without the option
   * `learn.reward`, `NON_FINITE` for parameters that the update left infinite.
   * @experimental
   */
  async reward(reward: number): Promise<void> {
    this.#requireRewards(true);
    finite(reward, "reward");
    return this.#session.run((session) => session.rewardStream(this.#id, reward));
  }

  /**
   * The parameters of a stream that learns, as they are now: `network.setParameters` gives them to a network.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` for a stream that does not learn.
   * @experimental
   */
  async parameters(): Promise<LayerParameters[]> {
    const layers = Array.from({ length: this.#trained.layers }, (_, layer) => layer);
    return this.#session.run((session) =>
      Promise.all(layers.map(async (layer) => fromArrays(await session.streamParameters(this.#id, layer)))),
    );
  }

  /**
   * Bytes from which `network.stream({ learn, saved })` goes on as if the stream had never stopped: a checkpoint of what it has learnt,
   * with its states, eligibilities and decisions.
   *
   * @throws {SpikeletError} `CONFIG_INVALID` for a stream that does not learn, and after `runSignal` up to `restart()`, since encodings
   * are not saved; `NON_FINITE` for parameters that an update left infinite.
   * @experimental
   */
  async save(): Promise<Uint8Array> {
    return this.#session.run((session) => session.saveStream(this.#id));
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
    return this.#answer(await this.#session.run((session) => session.runStreamSignal(this.#id, copy)));
  }

  /** Resets the network and the decisions to before the first step; the next step is step 0. */
  async restart(): Promise<void> {
    return this.#session.run((session) => session.restartStream(this.#id));
  }

  /**
   * Makes decisions over the steps to come alone, those over windows too: the next of these is a `hop` away. The units keep their
   * state, and steps are still counted from the start of the stream.
   */
  async restartDecision(): Promise<void> {
    return this.#session.run((session) => session.restartStreamDecision(this.#id));
  }

  /** Frees the stream; later calls fail with `SHAPE_MISMATCH`. */
  dispose(): void {
    forgotten.unregister(this);
    close({ session: this.#session, id: this.#id });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Refuses rewards of a stream that learns by targets, and targets of one that learns by rewards. */
  #requireRewards(wanted: boolean): void {
    if (this.#hasRewards === wanted) return;
    throw wanted
      ? new SpikeletError("SHAPE_MISMATCH", "learn.reward", "is missing: this stream has no actions and no rewards")
      : new SpikeletError("SHAPE_MISMATCH", "targets", "are not for a stream that learns by rewards: call act()");
  }

  #answer({ times, units, membranes, start, overall, windows }: StreamArrays): StreamAnswer {
    return {
      start,
      steps: overall.to,
      spikes: { times, units },
      membranes: membranes ?? new Float32Array(),
      ...decisionFrom(overall, this.#trained),
      decisions: windows.map((window) => decisionFrom(window, this.#trained)),
    };
  }
}

/** Targets one after the other, not a number where there is none. */
function flatTargets(targets: readonly unknown[], numbers: number): Float32Array {
  const flat = new Float32Array(targets.length * numbers).fill(Number.NaN);
  for (const [step, target] of targets.entries()) {
    if (target === undefined) continue;
    const values = typeof target === "number" ? [target] : (target as ArrayLike<number>);
    if (values === null || values.length !== numbers) {
      const wanted = numbers === 1 ? "must be a number" : `must have ${numbers} numbers`;
      throw new SpikeletError("SHAPE_MISMATCH", `targets[${step}]`, wanted);
    }
    for (let place = 0; place < numbers; place++) {
      flat[step * numbers + place] = finite(values[place], `targets[${step}]`);
    }
  }
  return flat;
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

function decisionFrom(found: DecisionArrays, trained: Trained): StreamDecision {
  const { from, to, counts } = found;
  const byCount = found.byCount ?? undefined;
  const byFirstSpike = found.firstUnit ?? undefined;
  const byMembrane = found.byMembrane ?? undefined;
  const output = outputBy(trained.decision, { byFirstSpike, byCount, byMembrane });
  const name = output === undefined ? undefined : trained.data?.classes?.[output];
  const decision: StreamDecision = {
    from,
    to,
    output,
    counts,
    byCount,
    byFirstSpike,
    decisionStep: found.firstStep ?? undefined,
    byMembrane,
    scoresByMembrane: found.scores ?? new Float32Array(),
  };
  return name === undefined ? decision : { ...decision, name };
}

/** Output by the decision that a loss trains. */
function outputBy(
  decision: Decision,
  { byFirstSpike, byCount, byMembrane }: Pick<StreamDecision, "byFirstSpike" | "byCount" | "byMembrane">,
): number | undefined {
  switch (decision) {
    case "firstSpike":
      return byFirstSpike;
    case "count":
      return byCount;
    case "membrane":
      return byMembrane;
    case "none":
      return undefined;
  }
}
