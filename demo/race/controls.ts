import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { say } from "../page/state.js";
import type { Race } from "./race.js";
import { resultOf } from "./result.js";
import { EPOCHS } from "./settings.js";
import type { Training } from "./training.js";

/** The buttons, and where the training stands. */
export class Controls {
  readonly #run = byId("run", HTMLButtonElement);
  readonly #step = byId("step", HTMLButtonElement);
  readonly #reset = byId("reset", HTMLButtonElement);
  readonly #again = byId("another-seed", HTMLButtonElement);
  readonly #result = byId("result", HTMLElement);
  readonly #training: Training;

  /** @param again starts over with the next seed, and trains. */
  constructor(training: Training, startOver: () => void, again: () => void) {
    this.#training = training;
    onPress(this.#run, () => this.#press());
    onPress(this.#again, again);
    onPress(this.#step, () => void training.step().then(() => this.#announce()));
    onPress(this.#reset, startOver);
  }

  /** Shows a state that has changed. */
  change(): void {
    const { state } = this.#training;
    const isOver = state === "over";
    this.#run.textContent = isOver ? `${EPOCHS} more epochs` : state === "training" ? "Pause" : "Train";
    const canTrain = state === "ready" || state === "training" || state === "paused";
    enable(this.#run, canTrain || isOver);
    enable(this.#step, canTrain);
    enable(this.#reset, state !== "preparing");
    enable(this.#again, state !== "preparing");
    this.#result.hidden = !isOver;
    this.#result.textContent = isOver ? resultOf(this.#training.race?.contestants ?? []) : "";
    this.show();
    if (state !== "preparing") this.#announce();
  }

  #press(): void {
    const { state } = this.#training;
    if (state === "training") this.#training.pause();
    else if (state === "over") void this.#training.goOn();
    else this.#training.run();
  }

  /** Says where the training stands; the message of a failure stays on the page. */
  show(): void {
    if (this.#training.state !== "failed") say(this.#sentence());
  }

  #announce(): void {
    if (this.#training.state !== "failed") announce(`${this.#sentence()} ${this.#result.textContent}`.trim());
  }

  #sentence(): string {
    const { race, state } = this.#training;
    if (race === undefined || state === "preparing") return "getting ready …";
    if (state === "ready") return "ready: nobody has learnt anything yet";
    if (state === "over") return `${race.epochs} epochs are over.`;
    return `${state === "paused" ? "paused" : "training"}: epoch ${epochOf(race)} of ${race.epochs}, update ${race.updates}`;
  }
}

function epochOf({ contestants, epochs }: Race): number {
  return Math.min(epochs, Math.min(...contestants.map(({ points }) => points.length)));
}
