// A worker of a sweep that dies now and then, in virtual time; its records are real files.
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { failsFor, recordFor } from "./records.mjs";

/** Minutes: the median of a run, the mean life of a worker, and until its task starts again. */
const RUN = 10;
const LIFE = 240;
const RESTART = 5;
/** Share of restarts on a machine that does not see the folder of the one before. */
const ELSEWHERE = 0.5;

/** One task of an array job, on one machine after the other. */
export class Worker {
  constructor(share, open, draw, counts) {
    Object.assign(this, { share, open, draw, counts, minutes: 0 });
  }

  async work() {
    let folder = await this.open();
    const written = new Set();
    while (!(await this.live(folder, written))) {
      this.counts.deaths += 1;
      this.minutes += RESTART;
      if (this.draw() < ELSEWHERE) folder = await this.open();
    }
    this.counts.lastHour = Math.max(this.counts.lastHour, this.minutes / 60);
  }

  /** From a start to the end of the share, or to the next death. */
  async live(folder, written) {
    const known = new Set((await folder.records()).records.map(({ id }) => id));
    const death = this.minutes - LIFE * Math.log(1 - this.draw());
    for (const run of this.share.filter(({ id }) => !known.has(id))) {
      const began = this.minutes;
      this.minutes += RUN * Math.exp(0.5 * normal(this.draw));
      if (this.minutes > death) {
        this.counts.lostHours += (death - began) / 60;
        this.minutes = death;
        await this.die(folder, run);
        return false;
      }
      await folder.claim(run.id);
      await folder.add(recordFor(run), folder.placeOf(run.id));
      folder.release(run.id);
      if (written.has(run.id)) this.counts.repeated += 1;
      else if (failsFor(run)) this.counts.failedRuns += 1;
      written.add(run.id);
    }
    return true;
  }

  /** One death in four is in the middle of a record. */
  async die(folder, run) {
    if (this.draw() > 0.25) return;
    const text = JSON.stringify(recordFor(run));
    await appendFile(join(folder.dir, "runs", `.${run.id}.json.torn.tmp`), text.slice(0, text.length / 2));
    this.counts.torn += 1;
  }
}

function normal(draw) {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}
