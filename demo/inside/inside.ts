import type { SpikeDataset, Trainer } from "spikelet";
import { centred, type DrawingPad } from "spikelet/page";
import { padIn } from "../draw/pad.js";
import { Samples } from "../draw/samples.js";
import { announce } from "../page/announce.js";
import { byId, element } from "../page/element.js";
import { failed } from "../page/failed.js";
import type { Responsiveness } from "../page/responsiveness.js";
import { type Digit, lookInside } from "./insight.js";
import { Replay } from "./replay.js";
import { InsideView } from "./view.js";

/** Milliseconds that the pen is up until a drawing counts as done. */
const STROKE_PAUSE = 500;

/** One digit, drawn or taken, and what the chosen network does with it. */
export class Inside {
  readonly #pad: DrawingPad;
  readonly #samples: Samples;
  readonly #label = byId("label", HTMLSelectElement);
  readonly #view = new InsideView();
  readonly #replay: Replay;
  readonly #trainer: () => Trainer | undefined;
  readonly #responsiveness: Responsiveness;
  #isDrawn = false;
  #isLooking = false;
  #looksAgain = false;
  #strokeTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param trainer of the network to look into. */
  constructor(digits: SpikeDataset, trainer: () => Trainer | undefined, responsiveness: Responsiveness) {
    this.#trainer = trainer;
    this.#responsiveness = responsiveness;
    this.#pad = padIn(byId("pad", HTMLElement), "Your digit", { drawn: () => this.#drawn(), said: announce });
    this.#replay = new Replay(
      (step) => this.#seek(step),
      () => this.#tell(),
    );
    this.#label.append(element("option", { value: "" }, "?"));
    for (let digit = 0; digit < 10; digit++) this.#label.append(element("option", { value: String(digit) }, String(digit)));
    this.#label.addEventListener("change", () => this.look());
    byId("clear", HTMLButtonElement).addEventListener("click", () => this.#clear());
    this.#samples = new Samples(digits, (digit) => this.#take(digit));
    const first = this.#samples.choose(3);
    if (first !== undefined) this.#put(first);
  }

  /** Shows what the network does with the digit now. A call during a look makes it look once more afterwards. */
  look(): void {
    this.#look().catch(failed);
  }

  /** Looks again, unless a look or a replay is under way. */
  lookIfIdle(): void {
    if (!this.#isLooking && !this.#replay.isPlaying) this.look();
  }

  async #look(): Promise<void> {
    this.#looksAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#looksAgain) {
        this.#looksAgain = false;
        await this.#lookOnce();
      }
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const trainer = this.#trainer();
    if (trainer === undefined) return;
    const insight = await lookInside(trainer, this.#digit());
    if (insight === undefined) return;
    this.#responsiveness.drawing(() => {
      this.#replay.fit(insight.steps);
      this.#view.show(insight, this.#replay.step);
      this.#pad.light(this.#view.minFiredGrey(this.#replay.step));
    });
  }

  #digit(): Digit {
    const { pixels } = this.#pad;
    const label = this.#label.value === "" ? undefined : Number(this.#label.value);
    return { pixels: this.#isDrawn ? centred(pixels) : pixels, label };
  }

  #take(digit: Digit): void {
    this.#put(digit);
    this.#watch();
  }

  #put({ pixels, label }: Digit): void {
    this.#isDrawn = false;
    this.#pad.pixels = pixels;
    this.#label.value = String(label ?? "");
  }

  #clear(): void {
    this.#pad.clear();
    this.#drawn();
  }

  #drawn(): void {
    this.#isDrawn = true;
    this.#samples.clearChoice();
    if (this.#pad.isEmpty) this.#label.value = "";
    this.look();
    clearTimeout(this.#strokeTimer);
    if (!this.#pad.isEmpty && !this.#pad.isDrawing) this.#strokeTimer = setTimeout(() => this.#watch(), STROKE_PAUSE);
  }

  #watch(): void {
    this.#look()
      .then(() => this.#replay.play())
      .catch(failed);
  }

  #seek(step: number): void {
    this.#responsiveness.drawing(() => {
      this.#view.seek(step);
      this.#pad.light(this.#view.minFiredGrey(step));
    });
  }

  #tell(): void {
    announce(this.#view.answer);
  }
}
