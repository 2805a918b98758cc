/** Work that is measured: does a piece, far shorter than the measurement, and says how many samples it was. */
export type Work = () => Promise<number>;

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
 * Repeats works in turns, each for about `seconds`, after a tenth of that to warm up; in any case three times. In turns, since a
 * machine that other processes slow down for a while then slows down all of them.
 *
 * @param onProgress is told between two repetitions.
 */
export async function measure(
  works: readonly Work[],
  seconds: number,
  signal: AbortSignal,
  onProgress?: (progress: { done: number; all: number }) => void,
): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const work of works) {
    const warmUp = await repetition(work, seconds / REPETITIONS, signal);
    measured.push({ rates: [], warmUpSeconds: warmUp.seconds });
  }
  const spent = works.map(() => 0);
  const isOver = (index: number) => (measured[index]?.rates.length ?? 0) >= MIN_REPETITIONS && (spent[index] ?? 0) >= seconds;
  while (!works.every((_, index) => isOver(index))) {
    for (const [index, work] of works.entries()) {
      const of = measured[index];
      if (of === undefined || isOver(index)) continue;
      const { samples, seconds: took } = await repetition(work, seconds / REPETITIONS, signal);
      of.rates.push(samples / took);
      spent[index] = (spent[index] ?? 0) + took;
    }
    onProgress?.({ done: Math.min(...measured.map(({ rates }) => rates.length)), all: REPETITIONS });
  }
  return measured;
}

/** Works for at least `min` seconds, whole pieces. */
async function repetition(work: Work, min: number, signal: AbortSignal) {
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
