import { cpus } from "node:os";

/** Share of all processors' time beyond which other processes make figures worthless. */
const TOO_BUSY = 0.05;

/** How much of the machine other processes use from here on. */
export class Load {
  readonly #start = performance.now();
  readonly #own = process.cpuUsage();
  readonly #busy = busyMilliseconds();

  /** Share of all processors' time so far, 0 to 1. */
  ofOthers(): number {
    const { user, system } = process.cpuUsage(this.#own);
    const others = busyMilliseconds() - this.#busy - (user + system) / 1000;
    return Math.max(0, others / ((performance.now() - this.#start) * cpus().length));
  }
}

/** A sentence for those who would trust the figures; `undefined` where the machine was quiet. */
export function disturbance(ofOthers: number): string | undefined {
  if (!(ofOthers > TOO_BUSY)) return undefined;
  const share = `${Math.round(100 * ofOthers)} % of the processors' time`;
  return `other processes took ${share}: these figures are too low; measure on an idle machine, or compare ratios (npm run bench:pair)`;
}

/** Time that all processors worked since the machine started. */
function busyMilliseconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
