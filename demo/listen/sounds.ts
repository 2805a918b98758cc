import { datasets } from "spikelet";
import { Resampler } from "./resampler.js";
import tap from "./tap.worklet.js?url";
import { SAMPLE_RATE } from "./varied.mjs";
import { joined } from "./words.js";

/** A microphone that is on. */
export interface Microphone {
  stop(): void;
}

/** The browser starts no audio, as some do without an output for sound. */
export class NoAudio extends Error {
  override readonly name = "NoAudio";
}

/** Milliseconds after which audio that has not started is taken for audio that can't. */
const START = 4000;

/**
 * Turns the microphone on; `heard` gets its sound at 8,000 Hz, in pieces. `gone` is called where it ends by itself, as when it is
 * unplugged. After `signal` aborts it is off.
 *
 * @throws {DOMException} where there is none, or the visitor does not want it; {NoAudio}; the reason of `signal`.
 */
export async function openMicrophone(
  heard: (sound: Float32Array) => void,
  gone: () => void,
  signal: AbortSignal,
): Promise<Microphone> {
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  signal.throwIfAborted();
  const asked = navigator.mediaDevices.getUserMedia({ audio });
  const media = await unlessAborted(asked, signal).catch((thrown: unknown) => {
    // The visitor may agree later.
    asked.then((late) => stopTracks(late)).catch(() => undefined);
    throw thrown;
  });
  const context = new AudioContext();
  const off = () => {
    stopTracks(media);
    void context.close();
  };
  try {
    await context.audioWorklet.addModule(tap);
    const node = new AudioWorkletNode(context, "tap");
    const resampler = new Resampler(context.sampleRate, SAMPLE_RATE);
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => heard(resampler.push(data));
    context.createMediaStreamSource(media).connect(node).connect(context.destination);
    await unlessAborted(started(context), signal);
    if (!media.active) throw new Error("the microphone has gone");
    for (const track of media.getTracks()) track.addEventListener("ended", gone);
    return {
      stop: () => {
        node.port.onmessage = null;
        off();
      },
    };
  } catch (thrown) {
    off();
    throw thrown;
  }
}

function stopTracks(media: MediaStream): void {
  for (const track of media.getTracks()) track.stop();
}

/** Waits until a context runs; without an output for its sound, some browsers never start it. */
async function started(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAudio()), START);
  });
  await Promise.race([context.resume(), late]).finally(() => clearTimeout(timer));
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  return Promise.race([work, aborted]);
}

/** A recording at most: what a page has memory for, and what somebody waits for. */
const [MAX_BYTES, MAX_SECONDS] = [1 << 26, 600];
/** Values a second that microphones have. At 1 Hz a file of 50 kB would become a sound of 1.6 GB. */
const [MIN_RATE, MAX_RATE] = [4000, 384_000];

/**
 * The sound of a WAV file at 8,000 Hz, its channels mixed.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for another file.
 * @throws {Error} for a recording that is too long, or at a rate that no microphone has.
 */
export async function soundOf(file: Blob): Promise<Float32Array> {
  if (file.size > MAX_BYTES) throw new Error(`it has ${file.size} bytes, more than ${MAX_BYTES}`);
  const data = datasets.fromWav({ files: [new Uint8Array(await file.arrayBuffer())] });
  const channels = data.signal(0) ?? [];
  const [first = new Float32Array(), ...others] = channels;
  const mixed =
    others.length === 0 ? first : first.map((_, t) => channels.reduce((sum, one) => sum + (one[t] ?? 0), 0) / channels.length);
  const rate = data.info.sampleRate ?? SAMPLE_RATE;
  if (rate < MIN_RATE || rate > MAX_RATE) throw new Error(`it has ${rate} values a second, not ${MIN_RATE} to ${MAX_RATE}`);
  if (mixed.length > MAX_SECONDS * rate) throw new Error(`it is longer than ${MAX_SECONDS / 60} minutes`);
  const resampler = new Resampler(rate, SAMPLE_RATE);
  const pieces: Float32Array[] = [];
  for (let at = 0; at < mixed.length; at += rate) {
    pieces.push(resampler.push(mixed.subarray(at, at + rate)));
    // The page stays free meanwhile.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return joined([...pieces, resampler.end()]);
}
