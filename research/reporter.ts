import { join } from "node:path";
import type { EpochProgress, RunRecord, StudyResults, SweepEvent } from "spikelet/study";

/** Epochs of a run up to which each is told. */
const FEW = 20;

/** Tells of an experiment: to people on stderr, its tables on stdout; or to programs, one JSON object per line of stdout. */
export class Reporter {
  readonly #isJson: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  readonly event = (event: SweepEvent): void => {
    if (event.type === "note") {
      this.say(event.message);
      return;
    }
    if (event.type === "epoch") {
      const { type, id, settings, seed, progress } = event;
      this.#print({ type, id, settings, seed, ...progress });
      const { epoch, epochs } = progress;
      const isTold = epochs <= FEW || epoch % Math.ceil(epochs / 10) === 0 || epoch === epochs;
      if (isTold) this.say(`${event.name}  epoch ${epoch}/${epochs}  loss ${progress.loss.toFixed(4)}  ${answer(progress)}`);
      return;
    }
    const { type, id, settings, seed, name, index, count } = event;
    this.#print(type === "lost" ? { type, id, settings, seed, reason: event.reason } : { type, settings, ...event.record });
    this.say(`${index}/${count} ${name}  ${type === "lost" ? `missing: ${event.reason}` : outcome(event.record)}`);
  };

  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** Tells where a study stands, and returns it. */
  finish(study: StudyResults, out: string): StudyResults {
    const { done, failed, missing, others, isOpen, damaged } = study;
    const page = join(out, "report.html");
    this.#print({ type: "experiment", out, done, failed, missing, others, isOpen, damaged, page });
    if (this.#isJson) return study;
    const counts = `${done} done, ${failed} failed, ${missing} missing${isOpen ? ", later rungs follow" : ""}`;
    const damages = damaged.map(({ message }) => `damaged  ${message}`);
    process.stdout.write(`${[counts, ...damages, ...aligned(study.table), page].join("\n")}\n`);
    return study;
  }

  #print(event: object): void {
    if (this.#isJson) process.stdout.write(`${JSON.stringify(event)}\n`);
  }
}

function outcome({ result, error, ran }: RunRecord): string {
  if (result === undefined) return `failed: ${error?.message}`;
  return `test ${answer(result.test)}, loss ${result.test.loss.toFixed(4)} (${ran.seconds.toFixed(1)} s)`;
}

/** How well a network answers: a readout by its membranes or its error, others by their first spike. */
function answer({ accuracy, meanSquaredError }: Pick<EpochProgress, "accuracy" | "meanSquaredError">): string {
  if (meanSquaredError !== undefined) return `mean squared error ${meanSquaredError.toPrecision(3)}`;
  if (accuracy.membrane !== undefined) return `${(100 * accuracy.membrane).toFixed(1)} % by membrane`;
  const shares = [
    ["first spike", accuracy.firstSpike],
    ["count", accuracy.count],
  ] as const;
  return shares.flatMap(([how, share]) => (share === undefined ? [] : [`${(100 * share).toFixed(1)} % by ${how}`])).join(", ");
}

/** Columns side by side, for a terminal. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
