import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { say } from "../page/state.js";
import type { Race } from "./race.js";
import { EPOCHS } from "./settings.js";
import type { Training } from "./training.js";

/** The buttons, and where the training stands. */
export class Controls {
  readonly #run = byId("run", HTMLButtonElement);
  readonly #step = byId("step", HTMLButtonElement);
  readonly #reset = byId("reset", HTMLButtonElement);
  readonly #training: Training;

  constructor(training: Training, startOver: () => void) {
    this.#training = training;
    onPress(this.#run, () => (training.state === "training" ? training.pause() : training.run()));
    onPress(this.#step, () => void training.step().then(() => this.#announce()));
    onPress(this.#reset, startOver);
  }

  /** Shows a state that has changed. */
  change(): void {
    const { state } = this.#training;
    this.#run.textContent = state === "training" ? "Pause" : "Train";
    const canTrain = state === "ready" || state === "training" || state === "paused";
    enable(this.#run, canTrain);
    enable(this.#step, canTrain);
    enable(this.#reset, state !== "preparing");
    this.show();
    if (state !== "preparing") this.#announce();
  }

  /** Says where the training stands; the message of a failure stays on the page. */
  show(): void {
    if (this.#training.state !== "failed") say(this.#sentence());
  }

  #announce(): void {
    if (this.#training.state !== "failed") announce(this.#sentence());
  }

  #sentence(): string {
    const { race, state } = this.#training;
    if (race === undefined || state === "preparing") return "getting ready …";
    if (state === "ready") return "ready: nobody has learnt anything yet";
    if (state === "over") return `${EPOCHS} epochs are over`;
    return `${state === "paused" ? "paused" : "training"}: epoch ${epochOf(race)} of ${EPOCHS}, update ${race.updates}`;
  }
}

function epochOf({ contestants }: Race): number {
  return Math.min(EPOCHS, Math.min(...contestants.map(({ points }) => points.length)));
}
