import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";

/** Milliseconds for which a step is shown. */
const PACE = 45;
/** Still images from the first step to the last, for those who prefer no motion. */
const STILLS = 10;

/** The step that is shown: run through, or chosen by hand. */
export class Replay {
  readonly #slider = byId("playhead", HTMLInputElement);
  readonly #button = byId("watch", HTMLButtonElement);
  readonly #output = byId("playhead-step", HTMLOutputElement);
  readonly #onSeek: (step: number) => void;
  readonly #onEnd: () => void;
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)");
  #frame = 0;

  constructor(onSeek: (step: number) => void, onEnd: () => void) {
    this.#onSeek = onSeek;
    this.#onEnd = onEnd;
    this.#slider.addEventListener("input", () => {
      this.#stop();
      this.#seek(this.step);
    });
    onPress(this.#button, () => this.#press());
    this.#isStill.addEventListener("change", () => this.#stop());
    this.#stop();
  }

  get step(): number {
    return this.#slider.valueAsNumber;
  }

  get isPlaying(): boolean {
    return this.#frame !== 0;
  }

  /** Takes the length of a sample, which can be played from now on; a slider that stood at the last step stays there. */
  fit(steps: number): void {
    this.#enable(true);
    const wasWhole = this.#slider.value === this.#slider.max;
    this.#slider.max = String(steps - 1);
    if (wasWhole) this.#slider.value = this.#slider.max;
    this.#showStep();
  }

  /** Stops, until there is a sample to play again. */
  close(): void {
    this.#stop();
    this.#enable(false);
  }

  /** Runs from the first step to the last; directly to the last for those who prefer no motion. */
  play(): void {
    this.#stop();
    if (this.#isStill.matches) {
      this.#finish();
      return;
    }
    const start = performance.now();
    const last = Number(this.#slider.max);
    this.#button.textContent = "Skip";
    const tick = (now: number) => {
      const step = Math.floor((now - start) / PACE);
      if (step >= last) return this.#finish();
      if (step !== this.step) this.#seek(Math.max(0, step));
      this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  #press(): void {
    if (this.isPlaying) this.#finish();
    else if (this.#isStill.matches) this.#goOn();
    else this.play();
  }

  /** Shows the next still image, after the last one the first. */
  #goOn(): void {
    const last = Number(this.#slider.max);
    const next = this.step >= last ? 0 : Math.min(last, this.step + Math.ceil(last / STILLS));
    this.#seek(next);
    if (next === last) this.#onEnd();
  }

  #enable(isEnabled: boolean): void {
    enable(this.#button, isEnabled);
    this.#slider.disabled = !isEnabled;
  }

  #finish(): void {
    this.#stop();
    this.#seek(Number(this.#slider.max));
    this.#onEnd();
  }

  #stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#button.textContent = this.#isStill.matches ? "Next" : "Play";
  }

  #seek(step: number): void {
    this.#slider.value = String(step);
    this.#showStep();
    this.#onSeek(step);
  }

  #showStep(): void {
    this.#output.value = `step ${this.step}`;
    this.#slider.setAttribute("aria-valuetext", `step ${this.step} of ${this.#slider.max}`);
  }
}
