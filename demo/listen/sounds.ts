import { type Microphone, openMicrophone, Resampler, readWav } from "spikelet/page";
import { SAMPLE_RATE } from "./varied.mjs";
import { joined } from "./words.js";

/**
 * Turns the microphone on; `heard` gets its sound at 8,000 Hz, in pieces. `gone` is called where it ends by itself.
 *
 * @throws {SpikeletError} `DEVICE_UNAVAILABLE` where there is none that the page may use; the reason of `signal`.
 */
export function listen(heard: (sound: Float32Array) => void, gone: () => void, signal: AbortSignal): Promise<Microphone> {
  return openMicrophone(heard, { sampleRate: SAMPLE_RATE, onEnd: gone, signal });
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
  const { channels, sampleRate: rate } = readWav(new Uint8Array(await file.arrayBuffer()));
  const [first = new Float32Array(), ...others] = channels;
  const mixed =
    others.length === 0 ? first : first.map((_, t) => channels.reduce((sum, one) => sum + (one[t] ?? 0), 0) / channels.length);
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
