import { InferError } from "../errors.js";
import { CHANNEL_ENCODERS, type ChannelEncoder } from "./channels.js";
import { checked, type Encoding } from "./checked.js";
import { LogMel } from "./log-mel.js";

/** Turns a signal that is still arriving into spikes, with the bits of the library. */
export class SignalEncoder {
  /** Inputs of the network. */
  readonly units: number;
  readonly #features: LogMel[] = [];
  readonly #encoder: ChannelEncoder;
  readonly #channels: number;

  /**
   * @param encoding for signals: `delta`, `levels`, `current` or `logMel`; `model.trainedOn.encoding` of a network that has learnt from
   * signals.
   * @param channels of the signal.
   * @throws {InferError} `CONFIG_INVALID` for another encoding, and for options that it does not have or that are out of range.
   */
  constructor(encoding: Encoding, channels = 1) {
    let [inner, path, features] = [encoding, "encoding", channels];
    if (encoding.type === "logMel") {
      const given = checked(encoding, path);
      this.#features = Array.from({ length: channels }, () => new LogMel({ maxFrequency: given.sampleRate / 2, ...given }));
      inner = given.encoding as Encoding;
      path = "encoding.encoding";
      features = channels * given.mels;
    }
    const { type } = inner;
    const encoder = Object.hasOwn(CHANNEL_ENCODERS, type) ? CHANNEL_ENCODERS[type] : undefined;
    if (encoder === undefined) throw new InferError("CONFIG_INVALID", `${path}.type`, `is for no signals: ${type}`);
    this.#encoder = encoder(checked(inner, path), features);
    this.#channels = channels;
    this.units = features * this.#encoder.units;
  }

  /** Goes back to before the first value. */
  restart(): void {
    for (const channel of this.#features) channel.restart();
    this.#encoder.restart();
  }

  /**
   * Takes the next values of a signal. Returns the units that fire in each step that they complete, one for each spike: what
   * `stream.step` takes.
   *
   * @param signal one channel, or a list of channels of the same length.
   * @throws {InferError} `SHAPE_MISMATCH` for another number of channels and for channels that differ in length, `DATA_FORMAT` for values
   * that are not finite; then nothing is taken.
   */
  push(signal: ArrayLike<number> | readonly ArrayLike<number>[]): number[][] {
    const channels = channelsOf(signal, this.#channels);
    const steps: number[][] = [];
    const length = channels[0]?.length ?? 0;
    for (let time = 0; time < length; time++) {
      const values = Float32Array.from(channels, (channel) => channel[time] as number);
      if (this.#features.length === 0) steps.push(this.#encoder.step(values));
      else {
        const features = this.#features.map((channel, k) => channel.push(values[k] as number));
        if (features[0]) steps.push(this.#encoder.step(Float32Array.from(features.flatMap((of) => [...(of as Float32Array)]))));
      }
    }
    return steps;
  }
}

/** The channels of a signal, which is a list of numbers where it has one. */
function channelsOf(signal: ArrayLike<number> | readonly ArrayLike<number>[], count: number): readonly ArrayLike<number>[] {
  const isOne = ArrayBuffer.isView(signal) || typeof signal[0] !== "object";
  const channels = isOne ? [signal as ArrayLike<number>] : (signal as readonly ArrayLike<number>[]);
  const refuse = (code: "SHAPE_MISMATCH" | "DATA_FORMAT", path: string, reason: string) => {
    throw new InferError(code, `signal${path}`, reason);
  };
  if (channels.length !== count) refuse("SHAPE_MISMATCH", "", `must have ${count} channels, has ${channels.length}`);
  const { length } = channels[0] as ArrayLike<number>;
  channels.forEach((channel, k) => {
    if (channel.length !== length) refuse("SHAPE_MISMATCH", `[${k}]`, `must have ${length} values, has ${channel.length}`);
    const odd = Array.from(channel, Math.fround).findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) refuse("DATA_FORMAT", `[${k}][${odd}]`, `must be a finite number, got ${channel[odd]}`);
  });
  return channels;
}
