import { MIN_ROUNDS } from "./statistics.js";

/** How long contestants are measured. */
export interface Pace {
  /** Rounds in which each takes a turn; at least as many as an interval needs are made. */
  rounds: number;
  /** Seconds after which no more rounds than these begin. */
  seconds?: number;
  /** Ends the measurement between two turns. */
  signal?: AbortSignal | undefined;
}

/**
 * Lets contestants work in turns, so that what disturbs the machine for a while falls on all of them; each round goes in the opposite
 * order of the last one.
 *
 * @returns what each turn returned, `[contestant][round]`
 */
export async function inTurns<T>(contestants: readonly (() => T | Promise<T>)[], pace: Pace): Promise<T[][]> {
  const { rounds, seconds = Number.POSITIVE_INFINITY, signal } = pace;
  const found: T[][] = contestants.map(() => []);
  const forth = [...contestants.entries()];
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < MIN_ROUNDS || (round < rounds && performance.now() < end); round++) {
    for (const [index, contestant] of round % 2 === 0 ? forth : [...forth].reverse()) {
      signal?.throwIfAborted();
      found[index]?.push(await contestant());
    }
  }
  return found;
}

/** Something that is timed: does its work so many times, and blocks. */
export type Timed = (times: number) => void;

/** Milliseconds in which caches fill and a host replaces its first code of a WebAssembly function by its best. */
const WARM_UP = 30;

/** A contestant whose turns last about so many milliseconds, after it has warmed up, and return the nanoseconds of a run. */
export function timed(work: Timed, milliseconds: number): () => number {
  for (let spent = 0; spent < WARM_UP; ) spent += Math.max(1, duration(work, fitting(work, milliseconds)));
  let times = fitting(work, milliseconds);
  return () => {
    for (;;) {
      const took = duration(work, times);
      if (fills(took, milliseconds)) return (1e6 * took) / times;
      // Too few runs: the machine was busy when they were counted.
      times = fitting(work, milliseconds);
    }
  };
}

/** Runs that take about so long, at least one. */
function fitting(work: Timed, milliseconds: number): number {
  for (let times = 1; ; times *= 2) {
    const took = duration(work, times);
    if (fills(took, milliseconds)) return Math.max(1, Math.round((times * milliseconds) / took));
  }
}

/** Whether a turn lasted long enough for the clock, which may tick in milliseconds. */
function fills(took: number, milliseconds: number): boolean {
  return took >= milliseconds / 4;
}

/** Milliseconds. */
function duration(work: Timed, times: number): number {
  const start = performance.now();
  work(times);
  return performance.now() - start;
}
