// One word in many ways, for the script that trains and for the page that learns two words.

export const SAMPLE_RATE = 8000;

/**
 * A word as another voice might say it elsewhere: faster or slower and with it higher or lower, louder or softer, in noise that
 * begins up to 150 ms before the word and lasts up to 300 ms after it; a second at most.
 *
 * @param {Float32Array} sound at 8,000 Hz
 * @param {() => number} random
 */
export function varied(sound, random) {
  const speed = 0.85 + 0.3 * random();
  const gain = 10 ** (-1 + 1.4 * random());
  const noise = 10 ** (-4.5 + 2 * random());
  const before = Math.floor(0.15 * SAMPLE_RATE * random());
  const after = Math.floor(0.3 * SAMPLE_RATE * random());
  const length = Math.min(SAMPLE_RATE, before + Math.floor(sound.length / speed) + after);
  return Float32Array.from({ length }, (_, t) => {
    const at = (t - before) * speed;
    const k = Math.floor(at);
    const value = k < 0 ? 0 : (1 - at + k) * (sound[k] ?? 0) + (at - k) * (sound[k + 1] ?? 0);
    return Math.max(-1, Math.min(1, gain * value + noise * normal(random)));
  });
}

/** @param {() => number} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Numbers from 0 to below 1 that look random.
 *
 * @param {number} seed
 */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
