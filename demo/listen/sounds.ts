import { datasets } from "spikelet";
import { Resampler } from "./resampler.js";
import tap from "./tap.worklet.js?url";
import { SAMPLE_RATE } from "./varied.mjs";
import { joined } from "./words.js";

/** A microphone that is on. */
export interface Microphone {
  stop(): void;
}

/**
 * Turns the microphone on; `heard` gets its sound at 8,000 Hz, in pieces.
 *
 * @throws {DOMException} where there is none, or the visitor does not want it.
 */
export async function openMicrophone(heard: (sound: Float32Array) => void): Promise<Microphone> {
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  const media = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext();
  await context.audioWorklet.addModule(tap);
  const node = new AudioWorkletNode(context, "tap");
  const resampler = new Resampler(context.sampleRate, SAMPLE_RATE);
  node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => heard(resampler.push(data));
  context.createMediaStreamSource(media).connect(node).connect(context.destination);
  await context.resume();
  return {
    stop: () => {
      node.port.onmessage = null;
      for (const track of media.getTracks()) track.stop();
      void context.close();
    },
  };
}

/**
 * The sound of a WAV file at 8,000 Hz, its channels mixed.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for another file.
 */
export async function soundOf(file: Blob): Promise<Float32Array> {
  const data = datasets.fromWav({ files: [new Uint8Array(await file.arrayBuffer())] });
  const channels = data.signal(0) ?? [];
  const [first = new Float32Array(), ...others] = channels;
  const mixed =
    others.length === 0 ? first : first.map((_, t) => channels.reduce((sum, one) => sum + (one[t] ?? 0), 0) / channels.length);
  const resampler = new Resampler(data.info.sampleRate ?? SAMPLE_RATE, SAMPLE_RATE);
  return joined([resampler.push(mixed), resampler.end()]);
}
