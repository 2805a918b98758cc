import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SpikeletError } from "../../../errors.js";
import type { Shape } from "../../../kernels/grid.js";
import { valuesOf } from "../../../kernels/grid.js";
import type { Plan } from "../../../kernels/measure.js";
import { type Estimate, pairedRatio, type Verdict, verdict } from "../../../kernels/statistics.js";
import { inTurns } from "../../../kernels/turns.js";
import { LineProcess } from "../line-process.js";
import type { WorkerTask } from "./worker.js";

const WORKER = "dist/cli/bench/kernels/worker.js";
const HERE = fileURLToPath(new URL("../../../..", import.meta.url));

/** A kernel of two builds that took turns, each in a process of its own. */
export interface PairLine {
  type: "pair";
  kernel: string;
  shape: Shape;
  backend: string;
  way: string;
  threads: number;
  /** Time before over time after. */
  ratio: Estimate & { verdict: Verdict };
}

/**
 * Measures kernels of the build of another clone and of this one in turns.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for a folder without a build that has these kernels.
 */
export async function* measurePairs(checkout: string, backend: string, plan: Plan): AsyncGenerator<PairLine, void, undefined> {
  const sides = [sideOf(resolve(checkout)), sideOf(HERE)];
  try {
    for (const kernel of plan.kernels) {
      for (const shape of plan.shapes(kernel)) {
        for (const way of plan.levels) {
          for (const threads of plan.threads) {
            const { name } = kernel;
            const { milliseconds } = plan;
            const task: WorkerTask = { backend, kernel: name, values: valuesOf(kernel, shape), way, threads, milliseconds };
            for (const side of sides) await side.ask(task);
            const [before = [], after = []] = await inTurns(
              sides.map((side) => () => side.ask<number>({})),
              plan,
            );
            const ratio = pairedRatio(before, after);
            yield { type: "pair", kernel: name, shape, backend, way, threads, ratio: { ...ratio, verdict: verdict(ratio) } };
          }
        }
      }
    }
  } finally {
    for (const side of sides) side.close();
  }
}

function sideOf(folder: string): LineProcess {
  const worker = resolve(folder, WORKER);
  if (!existsSync(worker)) {
    throw new SpikeletError("DATA_FORMAT", "before", `must be a built clone of Spikelet with ${WORKER}, got ${folder}`);
  }
  return new LineProcess([worker], () => new SpikeletError("INTERNAL", "before", `the build in ${folder} ended early`));
}
