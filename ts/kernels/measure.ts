import { SpikeletError } from "../errors.js";
import type { KernelCase, KernelDescription, KernelHost } from "../runtime/kernels.js";
import { type Ceiling, floorOf } from "./ceiling.js";
import { gridOf, type Shape, valuesOf } from "./grid.js";
import { checkOwn, type OwnKernels } from "./own-kernel.js";
import type { KernelLine } from "./record.js";
import { estimate, pairedRatio, verdict } from "./statistics.js";
import { inTurns, type Pace, type Timed, timed } from "./turns.js";

/** What is measured, and how. */
export interface Plan extends Pace {
  kernels: readonly KernelDescription[];
  shapes: (kernel: KernelDescription) => Shape[];
  /** SIMD levels, the best first. */
  levels: readonly string[];
  threads: readonly number[];
  /** Length of a turn. */
  milliseconds: number;
  /** Kernels of one's own, and the largest difference from the twin. */
  own?: { kernels: OwnKernels; tolerance: number } | undefined;
}

/** Way of the plain twin. */
export const PLAIN = "plain";

/**
 * Measures what the machine does at best at each level and with each number of threads: the fastest round counts, since nothing makes a
 * machine faster than it is.
 */
export async function measureCeilings(host: KernelHost, plan: Plan): Promise<Ceiling[]> {
  const ceilings: Ceiling[] = [];
  for (const level of plan.levels) {
    for (const threads of plan.threads) ceilings.push(await measureCeiling(host, plan, level, threads));
  }
  return ceilings;
}

async function measureCeiling(host: KernelHost, plan: Plan, level: string, threads: number): Promise<Ceiling> {
  const read = host.catalogue.find(({ name }) => name === "stream-read") as KernelDescription;
  const sizes = gridOf(read).flatMap(({ bytes = 0 }) => bytes);
  sizes.sort((a, b) => a - b);
  const cases: KernelCase[] = [];
  const open = (name: string, ...values: number[]) => {
    const opened = host.open(name, values, threads);
    cases.push(opened);
    return opened;
  };
  try {
    for (const bytes of sizes) for (const name of ["stream-read", "stream-update"]) open(name, bytes);
    for (const name of ["arithmetic", "arithmetic-fused"]) open(name);
    const turns = cases.map((one) => timed((times) => one.run(level, times), plan.milliseconds));
    const fastest = (await inTurns(turns, plan)).map((rounds) => Math.min(...rounds));
    /** Amount of work that all threads do a second. */
    const rate = (index: number, what: "bytes" | "operations") =>
      (1e9 * threads * (cases[index]?.describe()[what] ?? 0)) / (fastest[index] ?? Number.NaN);
    return {
      level,
      threads,
      streams: sizes.map((bytes, k) => ({ bytes, bytesPerSecond: Math.max(rate(2 * k, "bytes"), rate(2 * k + 1, "bytes")) })),
      operationsPerSecond: rate(2 * sizes.length, "operations"),
      fusedOperationsPerSecond: rate(2 * sizes.length + 1, "operations"),
    };
  } finally {
    for (const one of cases) one.dispose();
  }
}

/**
 * Measures kernels, shape by shape; all ways of a shape take turns. Before it is timed, each is compared with the plain twin.
 *
 * @throws {SpikeletError} `DATA_FORMAT` where an own kernel computes something else; `INTERNAL` where one of the library does.
 */
export async function* measureKernels(
  host: KernelHost,
  ceilings: readonly Ceiling[],
  plan: Plan,
): AsyncGenerator<KernelLine, void, undefined> {
  for (const kernel of plan.kernels) {
    for (const shape of plan.shapes(kernel)) {
      for (const threads of plan.threads) {
        const opened = host.open(kernel.name, valuesOf(kernel, shape), threads);
        try {
          yield* measureShape({ host, ceilings, plan, kernel, shape, threads, opened });
        } finally {
          opened.dispose();
        }
      }
    }
  }
}

interface Task {
  host: KernelHost;
  ceilings: readonly Ceiling[];
  plan: Plan;
  kernel: KernelDescription;
  shape: Shape;
  threads: number;
  opened: KernelCase;
}

async function* measureShape(task: Task): AsyncGenerator<KernelLine, void, undefined> {
  const { host, ceilings, plan, kernel, shape, threads, opened } = task;
  const { operations, bytes, resident, spikes } = opened.describe();
  const cost = { operations, bytes, resident, spikes };
  const ways = contestantsOf(task);
  const turns = [...ways.values()].map((run) => timed(run, plan.milliseconds));
  const rounds = await inTurns(turns, plan);
  const [best = []] = rounds;
  for (const [index, way] of [...ways.keys()].entries()) {
    const times = rounds[index] ?? [];
    const ceiling = ceilings.find((one) => one.level === way && one.threads === threads);
    const floor = ceiling === undefined ? undefined : floorOf(ceiling, cost);
    const ratio = index === 0 ? undefined : pairedRatio(best, times);
    const fastest = Math.min(...times);
    yield {
      kernel: kernel.name,
      shape,
      backend: host.kind,
      way,
      threads,
      nanoseconds: { ...estimate(times), fastest },
      ...cost,
      ...(floor === undefined ? {} : { share: { ofCeiling: floor.nanoseconds / fastest, bound: floor.bound } }),
      ...(ratio === undefined ? {} : { ratio: { ...ratio, verdict: verdict(ratio) } }),
    };
  }
}

/** What takes turns at a shape, after its check: the kernel at its levels, its twin, and an own kernel. */
function contestantsOf({ plan, kernel, shape, threads, opened }: Task): Map<string, Timed> {
  const contestants = new Map<string, Timed>();
  for (const level of plan.levels) {
    const differences = opened.differences(level);
    if (differences > 0) {
      const message = `${kernel.name} at ${level} differs from its plain twin in ${differences} numbers`;
      throw new SpikeletError("INTERNAL", "kernel", message);
    }
    contestants.set(level, (times) => opened.run(level, times));
  }
  contestants.set(PLAIN, (times) => opened.run(PLAIN, times));
  // An own kernel has one thread.
  if (plan.own?.kernels.has(kernel.name) && threads === 1) {
    const own = plan.own.kernels.open(kernel.name, shape, opened);
    checkOwn(kernel.name, own, opened, plan.own.tolerance);
    contestants.set(plan.own.kernels.name, own.run);
  }
  return contestants;
}
