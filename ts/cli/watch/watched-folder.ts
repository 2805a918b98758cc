import { existsSync } from "node:fs";
import type { RunState } from "../../report/watch/run-state.js";
import type { SampleAnswers } from "../../report/watch/sample-answers.js";
import type { Watched, WatchedFile } from "../../report/watch/watched.js";
import { describe } from "../exit.js";
import { quoted } from "../quoted.js";
import type { LatestAnswers } from "./latest-answers.js";
import { WatchedRun } from "./watched-run.js";

/** The training in a folder, as a page shows it. */
export class WatchedFolder implements Watched {
  readonly name: string;
  readonly lost: string;
  readonly files: ReadonlyMap<string, WatchedFile>;
  readonly #run: WatchedRun;
  readonly #latestAnswers: LatestAnswers;

  constructor(dir: string, latestAnswers: LatestAnswers) {
    this.name = dir;
    this.lost = `The server does not answer: what stands here is the last that it told. spikelet serve ${quoted(dir)} shows it again.`;
    this.#run = new WatchedRun(dir);
    this.#latestAnswers = latestAnswers;
    const { events, history, report, page } = this.#run.files;
    this.files = new Map([
      ["events.ndjson", { path: events, type: "application/x-ndjson" }],
      ["history.csv", { path: history, type: "text/csv" }],
      ["report.html", { path: page, type: "text/html" }],
      ["report.json", { path: report, type: "application/json" }],
    ]);
  }

  listed(): string[] {
    const isReported = existsSync(this.#run.files.report);
    return [...this.files.keys()].filter((name) => isReported || !name.startsWith("report."));
  }

  read(): Promise<RunState> {
    return this.#run.read();
  }

  mark(): Promise<string> {
    return this.#run.mark();
  }

  async answers(): Promise<SampleAnswers | string> {
    if (!existsSync(this.#run.files.last)) return "There is no checkpoint yet.";
    return this.#latestAnswers.read().catch((thrown) => `Samples can't be shown: ${describe(thrown).message}`);
  }
}
