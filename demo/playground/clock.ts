import { byId } from "../page/element.js";

/** Milliseconds of a step, and steps of rest after the last one. */
const [PACE, REST] = [75, 8];

/** Slow time: the step of the shown point that is seen, run through again and again or chosen by hand. */
export class Clock {
  readonly #slider = byId("playhead", HTMLInputElement);
  readonly #button = byId("watch", HTMLButtonElement);
  readonly #output = byId("playhead-step", HTMLOutputElement);
  readonly #onTime: (time: number) => void;
  readonly #onRound: () => void;
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)");
  #isSeen = true;
  #steps = 1;
  #frame = 0;
  #start = 0;

  /**
   * @param onTime called with the time in steps, with fractions.
   * @param onRound called after a round, before the next one begins.
   */
  constructor(onTime: (time: number) => void, onRound: () => void) {
    this.#onTime = onTime;
    this.#onRound = onRound;
    this.#slider.addEventListener("input", () => {
      this.pause();
      this.#seek(this.step);
    });
    this.#button.addEventListener("click", () => (this.isPlaying ? this.pause() : this.play()));
    this.#isStill.addEventListener("change", () => this.#isStill.matches && this.pause());
    new IntersectionObserver(([entry]) => {
      this.#isSeen = entry?.isIntersecting ?? true;
    }).observe(byId("network", HTMLElement));
  }

  get step(): number {
    return this.#slider.valueAsNumber;
  }

  get isPlaying(): boolean {
    return this.#frame !== 0;
  }

  /** Whether the visitor wants no motion. */
  get isStill(): boolean {
    return this.#isStill.matches;
  }

  /** Takes the length of a point. A clock that rests shows its last step. */
  fit(steps: number): void {
    if (steps === this.#steps) return;
    this.#steps = steps;
    this.#slider.max = String(steps - 1);
    if (!this.isPlaying) this.#seek(steps - 1);
  }

  play(): void {
    if (this.isPlaying) return;
    this.#button.textContent = "Pause spikes";
    this.#start = performance.now();
    const tick = (now: number) => {
      this.#frame = requestAnimationFrame(tick);
      if (!this.#isSeen) return;
      const time = (now - this.#start) / PACE;
      if (time >= this.#steps + REST) {
        this.#start = now;
        this.#onRound();
      } else this.#seek(Math.max(0, time));
    };
    this.#frame = requestAnimationFrame(tick);
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#button.textContent = "Play spikes";
  }

  #seek(time: number): void {
    const step = Math.min(this.#steps - 1, Math.floor(time));
    if (step !== this.step || !this.isPlaying) {
      this.#slider.value = String(step);
      this.#output.value = `step ${step}`;
      this.#slider.setAttribute("aria-valuetext", `step ${step} of ${this.#steps - 1}`);
    }
    this.#onTime(time);
  }
}
