import { randomOf } from "../../demo/listen/varied.mjs";
import { wav } from "../support/wav.js";

/** A made word: a tone that glides from one pitch to another, a little different each time. */
export function glide(from: number, to: number, seed: number, sampleRate = 8000): number[] {
  const random = randomOf(seed);
  const [low, high, length] = [from * (0.9 + 0.2 * random()), to * (0.9 + 0.2 * random()), (0.35 + 0.15 * random()) * sampleRate];
  let phase = 0;
  return Array.from({ length: Math.floor(length) }, (_, t) => {
    const share = t / length;
    phase += (2 * Math.PI * (low + (high - low) * share)) / sampleRate;
    return 0.4 * Math.sin(Math.PI * share) * (Math.sin(phase) + 0.4 * Math.sin(2 * phase));
  });
}

/** A WAV file as an input of files takes it. */
export function fileOf(values: number[], name = "word.wav", sampleRate = 8000) {
  return { name, mimeType: "audio/wav", buffer: Buffer.from(wav({ channels: [values], sampleRate, format: 1, bits: 16 })) };
}
