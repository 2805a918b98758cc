import { accuracyBy, type Decision, decisionsIn } from "../../decisions.js";
import type { EpochEndEvent, InitializationEvent, Pace, StepEvent, TrainEvent } from "../../events.js";
import { answerTexts, errorText, grouped, percent } from "../../report/result/texts.js";
import { onStderr } from "../colour.js";
import { warningLines } from "../print.js";

/** Characters of the bar. */
const BAR = { min: 10, max: 20 };
const SHORT: Readonly<Record<Decision, string>> = { firstSpike: "first", count: "count", membrane: "membrane", none: "" };
/** Milliseconds between two updates of the bar. */
const FRAME = 100;
/** Milliseconds between two plain lines where there is no terminal. */
const LINE = 10_000;

/** Shows a run to people on stderr: a live bar on a terminal, plain lines elsewhere. */
export class ProgressView {
  readonly #stream: NodeJS.WriteStream;
  readonly #epochs: number;
  readonly #decision: Decision;
  #drawn = 0;
  #isOpen = false;

  constructor(epochs: number, decision: Decision, stream: NodeJS.WriteStream = process.stderr) {
    this.#epochs = epochs;
    this.#decision = decision;
    this.#stream = stream;
    this.#drawn = performance.now();
  }

  show(event: TrainEvent): void {
    switch (event.type) {
      case "initialization":
        if (event.isSettled) this.line(initializationLine(event));
        break;
      case "step":
        this.#step(event);
        break;
      case "validation":
        this.#transient(`epoch ${event.epoch}/${this.#epochs}  validation ${event.samplesDone}/${event.samples}`);
        break;
      case "epochEnd":
        this.line(epochLine(event, this.#decision));
        break;
      case "warning":
        this.line(warningLines(event, onStderr).join("\n"));
        break;
      case "finished":
        this.close();
        if (event.restoredEpoch !== undefined) this.line(restoredLine(event.epochs, event.restoredEpoch));
    }
  }

  /** Writes a line that stays. */
  line(text: string): void {
    this.close();
    this.#stream.write(`${text}\n`);
  }

  /** Removes the live bar. */
  close(): void {
    if (this.#isOpen) this.#stream.write("\r\x1b[K");
    this.#isOpen = false;
  }

  #step(event: StepEvent & Pace): void {
    const { epoch, batch, batches, running, samplesPerSecond } = event;
    const share = batch / batches;
    const perEpoch = (running.samples / batch) * batches;
    const left = (this.#epochs - epoch + 1 - share) * (perEpoch / Math.max(samplesPerSecond, 1e-9));
    const stats = [
      `loss ${running.loss.toFixed(3)}`,
      ...this.#running(running),
      `${running.spikesPerSample.toFixed(0)} spikes`,
      `${grouped(samplesPerSecond)}/s`,
      `${duration(left)} left`,
    ];
    this.#transient(
      this.#stream.isTTY ? this.#withBar(`${epoch}/${this.#epochs}`, share, stats) : this.#plain(epoch, share, stats),
    );
  }

  /** Accuracies so far; none for target series and data without labels, of which only the loss is known within an epoch. */
  #running(running: StepEvent["running"]): string[] {
    return decisionsIn(running, this.#decision).map((decision) => `${SHORT[decision]} ${percent(accuracyBy(decision, running))}`);
  }

  #plain(epoch: number, share: number, stats: string[]): string {
    return [`epoch ${epoch}/${this.#epochs} at ${percent(share)}`, ...stats].join("  ");
  }

  /** The bar takes the space that the numbers leave. */
  #withBar(epoch: string, share: number, stats: string[]): string {
    const room = (text: string) => (this.#stream.columns || 80) - text.length - " [] ".length - 1;
    const wide = [`epoch ${epoch}`, stats.join("  ")] as const;
    const narrow = [epoch, stats.join(" ").replaceAll(" %", "%")] as const;
    const [head, tail] = room(wide.join("")) < BAR.min ? narrow : wide;
    const size = Math.max(0, Math.min(BAR.max, room(head + tail)));
    const filled = Math.round(share * size);
    return `${head} [${"=".repeat(filled)}${" ".repeat(size - filled)}] ${tail}`;
  }

  #transient(text: string): void {
    const now = performance.now();
    if (now - this.#drawn < (this.#stream.isTTY ? FRAME : LINE)) return;
    this.#drawn = now;
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text}\n`);
      return;
    }
    const width = this.#stream.columns || 80;
    this.#stream.write(`\r${text.slice(0, width - 1)}\x1b[K`);
    this.#isOpen = true;
  }
}

function initializationLine({ layer, layers, factor, spikesPerUnit }: InitializationEvent): string {
  const weights = `weights of layer ${layer} of ${layers} × ${factor.toPrecision(3)}`;
  return `initial activity  ${weights}: ${spikesPerUnit.toPrecision(3)} spikes per unit and sample`;
}

function restoredLine(epochs: number, restored: number): string {
  return `ended after epoch ${epochs}: the weights are those of epoch ${restored}, the last improvement`;
}

function epochLine({ epoch, epochs, train, validation, samplesPerSecond }: EpochEndEvent & Pace, trained: Decision): string {
  const parts = [onStderr.bold(`epoch ${epoch}/${epochs}`), `loss ${train.loss.toFixed(4)}`, ...trainTexts(train, trained)];
  const seen = validation ?? train;
  if (validation) {
    const [answer, ...others] = answerTexts(validation, trained, "");
    parts.push(`validation ${[onStderr.green(answer), ...others].join(", ")}`);
  }
  parts.push(`${seen.spikes.perSample.toFixed(1)} spikes per sample`, `${grouped(samplesPerSecond)} samples/s`);
  return parts.join("  ");
}

function trainTexts(train: EpochEndEvent["train"], trained: Decision): string[] {
  const [decision] = decisionsIn(train, trained);
  if (decision === undefined) return [];
  const { meanSquaredError = Number.NaN } = train;
  return [`train ${decision === "none" ? `error ${errorText(meanSquaredError)}` : percent(accuracyBy(decision, train))}`];
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes}:${String(whole % 60).padStart(2, "0")} min` : `${whole} s`;
}
