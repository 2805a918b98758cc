import type { Network } from "spikelet";
import type { DrawingPad } from "spikelet/page";
import { type Insight, lookInside } from "../inside/insight.js";
import { Membranes } from "../inside/membranes.js";
import { Raster } from "../inside/raster.js";
import { Replay } from "../inside/replay.js";
import { minFiredGrey } from "../inside/view.js";
import { byId } from "../page/element.js";
import type { Sign } from "./lesson.js";
import { OTHER } from "./verdict.js";

/** A drawing to read, and the network that reads it. */
export interface Question {
  network: Network;
  /** The symbols that the outputs stand for, but the last one. */
  signs: readonly Sign[];
  pixels: Uint8Array;
}

/** What the network makes of a drawing, spike by spike. */
export class Reading {
  readonly #figures = [new Membranes(byId("membranes", HTMLElement)), new Raster(byId("raster", HTMLElement))];
  readonly #section = byId("inside", HTMLElement);
  readonly #replay: Replay;
  readonly #pad: DrawingPad;
  readonly #onRead: (insight: Insight, question: Question) => void;
  #insight: Insight | undefined;
  #looking: Promise<void> | undefined;
  #next: Question | undefined;
  /** Number of calls of `forget`, by which a look notices that its result is out of date. */
  #forgotten = 0;

  /** @param onRead gets the result of each question. */
  constructor(pad: DrawingPad, onRead: (insight: Insight, question: Question) => void) {
    this.#pad = pad;
    this.#onRead = onRead;
    this.#replay = new Replay(
      (step) => this.#seek(step),
      () => {},
    );
  }

  /** Shows what a network does with a drawing, and resolves once that is seen. Of the calls during a look, the last one is answered. */
  show(question: Question): Promise<void> {
    this.#next = question;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      this.#section.setAttribute("aria-busy", "false");
    });
    return this.#looking;
  }

  /** Runs through the steps of what was read. */
  play(): void {
    if (this.#insight !== undefined) this.#replay.play();
  }

  /** Forgets what was read, and what is being read. */
  forget(): void {
    this.#forgotten += 1;
    this.#next = undefined;
    this.#insight = undefined;
    this.#replay.close();
    this.#pad.light(Number.POSITIVE_INFINITY);
  }

  async #look(): Promise<void> {
    this.#section.setAttribute("aria-busy", "true");
    for (let now = this.#take(); now !== undefined; now = this.#take()) {
      const { network, pixels, signs } = now;
      const forgotten = this.#forgotten;
      const names = [...signs.map(({ name }) => name), OTHER];
      const insight = await lookInside(network, { pixels, label: undefined }, names);
      if (insight === undefined || forgotten !== this.#forgotten) continue;
      this.#insight = insight;
      this.#replay.fit(insight.steps);
      for (const figure of this.#figures) figure.show(insight, this.#replay.step);
      this.#pad.light(minFiredGrey(insight, this.#replay.step));
      this.#onRead(insight, now);
    }
  }

  #take(): Question | undefined {
    const question = this.#next;
    this.#next = undefined;
    return question;
  }

  #seek(step: number): void {
    for (const figure of this.#figures) figure.seek(step);
    if (this.#insight !== undefined) this.#pad.light(minFiredGrey(this.#insight, step));
  }
}
