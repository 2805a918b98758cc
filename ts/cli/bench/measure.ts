/** Results of repeated work. */
export interface Measurement {
  /** Samples per second of each repetition. */
  rates: number[];
  /** Time before the first repetition, in seconds. */
  warmUpSeconds: number;
}

const REPETITIONS = 10;
/** Repetitions that are always made, however long they take. */
export const MIN_REPETITIONS = 3;

/**
 * Repeats work for about `seconds`, after a tenth of that to warm up; in any case three times.
 *
 * @param work does a piece, far shorter than `seconds`, and says how many samples it was.
 * @param onProgress is told between two repetitions.
 */
export async function measure(
  work: () => Promise<number>,
  seconds: number,
  signal: AbortSignal,
  onProgress?: (progress: { done: number; all: number }) => void,
): Promise<Measurement> {
  const warmUp = await window(work, seconds / REPETITIONS, signal);
  const rates: number[] = [];
  for (let spent = 0; rates.length < MIN_REPETITIONS || spent < seconds; ) {
    const repetition = await window(work, seconds / REPETITIONS, signal);
    rates.push(repetition.samples / repetition.seconds);
    spent += repetition.seconds;
    onProgress?.({ done: rates.length, all: REPETITIONS });
  }
  return { rates, warmUpSeconds: warmUp.seconds };
}

/** Works for at least `seconds`, whole pieces. */
async function window(
  work: () => Promise<number>,
  min: number,
  signal: AbortSignal,
): Promise<{ samples: number; seconds: number }> {
  const start = performance.now();
  let samples = 0;
  let seconds = 0;
  do {
    signal.throwIfAborted();
    samples += await work();
    seconds = (performance.now() - start) / 1000;
  } while (seconds < min);
  return { samples, seconds };
}
