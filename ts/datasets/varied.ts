/** Noise before the word and after it, at most, in seconds. */
const [BEFORE, AFTER] = [0.15, 0.3];
/** Length at most. */
const MAX_SECONDS = 1;
/** Width of the uniform distribution with deviation 1: white noise without logarithm and cosine, whose bits the machine decides. */
const WIDTH = Math.sqrt(12);

/**
 * A word as another voice might say it elsewhere: by up to 15 % faster or slower, and with it higher or lower, louder or softer,
 * in noise that begins before the word and lasts after it. Only arithmetic that has the same bits on every machine.
 *
 * @param draw uniform numbers from 0 to below 1
 */
export function varied(sound: Float32Array, sampleRate: number, draw: () => number): Float32Array {
  const speed = 0.85 + 0.3 * draw();
  const gain = 0.1 * (1 + 4 * draw()) ** 2;
  const noise = 0.00003 * (1 + 9 * draw()) ** 2;
  const before = Math.floor(BEFORE * sampleRate * draw());
  const after = Math.floor(AFTER * sampleRate * draw());
  const length = Math.min(MAX_SECONDS * sampleRate, before + Math.floor(sound.length / speed) + after);
  return Float32Array.from({ length }, (_, t) => {
    const at = (t - before) * speed;
    const k = Math.floor(at);
    const value = k < 0 ? 0 : (1 - at + k) * (sound[k] ?? 0) + (at - k) * (sound[k + 1] ?? 0);
    return Math.max(-1, Math.min(1, gain * value + noise * WIDTH * (draw() - 0.5)));
  });
}
