import { fields } from "../check/fields.js";
import { type Check, callback, positive, text } from "../check/values.js";
import { untilAborted } from "../runtime/abort.js";
import { abortSignal } from "../runtime/options.js";
import { Resampler } from "./resampler.js";
import { openMedia, stopTracks, unavailable } from "./user-media.browser.js";

/** Options of {@link openMicrophone}. */
export interface MicrophoneOptions {
  /** Values per second of the sound, to which that of the device is converted; by default the rate of the device. */
  sampleRate?: number;
  /** Called where the microphone ends by itself, as when it is unplugged. */
  onEnd?: () => void;
  /** Gives up before the microphone is open. */
  signal?: AbortSignal;
  /** Address of the module that the package exports as `spikelet/microphone-worklet`, for bundlers that do not find it. */
  workletUrl?: string | URL;
}

/** A microphone that is on. */
export interface Microphone extends Disposable {
  /** Values per second of the sound that it hands over. */
  readonly sampleRate: number;
  /** Turns it off; a second call has no effect. */
  stop(): void;
}

const address: Check<string | URL> = (value, path) => (value instanceof URL ? value : text(value, path));

const microphoneOptions = fields<MicrophoneOptions>({
  sampleRate: positive,
  onEnd: callback,
  signal: abortSignal,
  workletUrl: address,
});

/** Milliseconds after which audio that has not started is taken for audio that can't. */
const START = 4000;

/**
 * Turns the microphone on. The browser asks the visitor, and starts audio only after a click or a key.
 *
 * @param heard gets the sound of one channel, values in −1..1, in pieces of some 20 ms.
 * @throws {SpikeletError} `DEVICE_UNAVAILABLE` at `microphone` where there is none that the page may use, at `audio` where the
 * browser starts no audio, at `workletUrl` where the module can't be loaded; `CONFIG_INVALID` for an invalid option; the reason of
 * the signal.
 */
export async function openMicrophone(heard: (sound: Float32Array) => void, options: MicrophoneOptions = {}): Promise<Microphone> {
  callback(heard, "heard");
  const { sampleRate: wanted, onEnd, signal, workletUrl } = microphoneOptions(options, "");
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  const media = await openMedia("microphone", { audio }, signal);
  const context = new AudioContext();
  const off = () => {
    stopTracks(media);
    if (context.state !== "closed") void context.close();
  };
  try {
    await untilAborted(loadTap(context, workletUrl), signal);
    const node = new AudioWorkletNode(context, "spikelet-tap");
    const sampleRate = wanted ?? context.sampleRate;
    const resampler = new Resampler(context.sampleRate, sampleRate);
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      const sound = resampler.push(data);
      if (sound.length > 0) heard(sound);
    };
    context.createMediaStreamSource(media).connect(node).connect(context.destination);
    await untilAborted(started(context), signal);
    if (!media.active) throw unavailable("microphone", "has gone");
    const stop = () => {
      node.port.onmessage = null;
      off();
    };
    for (const track of media.getTracks()) track.addEventListener("ended", () => onEnd?.());
    return { sampleRate, stop, [Symbol.dispose]: stop };
  } catch (thrown) {
    off();
    throw thrown;
  }
}

async function loadTap(context: AudioContext, url: string | URL | undefined): Promise<void> {
  // Bundlers find the module by this literal form.
  const address = url ?? new URL("./tap.worklet.browser.js", import.meta.url);
  await context.audioWorklet.addModule(address).catch((cause: unknown) => {
    throw unavailable("workletUrl", `can't be loaded from ${String(address).slice(0, 200)}`, cause);
  });
}

/** Waits until a context runs; without an output for its sound, some browsers never start it. */
async function started(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(unavailable("audio", "does not start: some browsers start none without loudspeakers")),
      START,
    );
  });
  await Promise.race([context.resume(), late]).finally(() => clearTimeout(timer));
}

/**
 * Records the microphone for a time: a sample for `datasets.fromSeries`.
 *
 * @returns one channel of `seconds · sampleRate` values, rounded.
 * @throws {SpikeletError} as {@link openMicrophone}, and `DEVICE_UNAVAILABLE` where the microphone ends before.
 */
export async function recordMicrophone(
  seconds: number,
  options: Omit<MicrophoneOptions, "onEnd"> = {},
): Promise<{ sound: ReturnType<Float32Array["slice"]>; sampleRate: number }> {
  positive(seconds, "seconds");
  const pieces: Float32Array[] = [];
  let length = 0;
  let progressed = () => {};
  let ended = (_: Error) => {};
  const microphone = await openMicrophone(
    (piece) => {
      pieces.push(piece);
      length += piece.length;
      progressed();
    },
    { ...options, onEnd: () => ended(unavailable("microphone", "has gone before the end of the recording")) },
  );
  const { sampleRate } = microphone;
  const sound = new Float32Array(Math.round(seconds * sampleRate));
  try {
    const whole = new Promise<void>((resolve, reject) => {
      progressed = () => length >= sound.length && resolve();
      ended = reject;
      progressed();
    });
    await untilAborted(whole, options.signal);
  } finally {
    microphone.stop();
  }
  let at = 0;
  for (const piece of pieces) {
    sound.set(piece.subarray(0, sound.length - at), at);
    at = Math.min(sound.length, at + piece.length);
  }
  return { sound, sampleRate };
}
