import type { Network } from "spikelet";
import type { DrawingPad } from "spikelet/page";
import { type Insight, lookInside } from "../inside/insight.js";
import { Membranes } from "../inside/membranes.js";
import { Raster } from "../inside/raster.js";
import { Replay } from "../inside/replay.js";
import { answerOf, minFiredGrey } from "../inside/view.js";
import { announce } from "../page/announce.js";
import { byId } from "../page/element.js";

/** A drawing to read, and the network that reads it. */
export interface Question {
  network: Network;
  names: readonly string[];
  pixels: Uint8Array;
  /** Which symbol it is, where that is known. */
  label: number | undefined;
}

/** What the network makes of a drawing, spike by spike. */
export class Reading {
  readonly #figures = [new Membranes(byId("membranes", HTMLElement)), new Raster(byId("raster", HTMLElement))];
  readonly #section = byId("inside", HTMLElement);
  readonly #answer = byId("answer", HTMLElement);
  readonly #replay: Replay;
  readonly #pad: DrawingPad;
  #insight: Insight | undefined;
  #isLooking = false;
  #next: Question | undefined;
  /** Number of calls of `forget`, by which a look notices that its result is out of date. */
  #forgotten = 0;

  constructor(pad: DrawingPad) {
    this.#pad = pad;
    this.#replay = new Replay(
      (step) => this.#seek(step),
      () => this.#insight !== undefined && announce(this.text),
    );
  }

  get text(): string {
    return this.#answer.textContent ?? "";
  }

  /** Shows what a network does with a drawing. Of the calls during a look, the last one is answered afterwards. */
  async show(question: Question): Promise<void> {
    this.#next = question;
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#section.setAttribute("aria-busy", "true");
    try {
      for (let now = this.#take(); now !== undefined; now = this.#take()) {
        const { network, names, ...drawing } = now;
        const forgotten = this.#forgotten;
        const insight = await lookInside(network, drawing, names);
        if (insight === undefined || forgotten !== this.#forgotten) continue;
        this.#insight = insight;
        this.#replay.fit(insight.steps);
        for (const figure of this.#figures) figure.show(insight, this.#replay.step);
        this.#say();
      }
    } finally {
      this.#isLooking = false;
      this.#section.setAttribute("aria-busy", "false");
    }
  }

  play(): void {
    if (this.#insight !== undefined) this.#replay.play();
  }

  /** Forgets what was read, and what is being read, and says something else. */
  forget(sentence: string): void {
    this.#forgotten += 1;
    this.#next = undefined;
    this.#insight = undefined;
    this.#replay.close();
    this.#answer.textContent = sentence;
  }

  #take(): Question | undefined {
    const question = this.#next;
    this.#next = undefined;
    return question;
  }

  #seek(step: number): void {
    for (const figure of this.#figures) figure.seek(step);
    this.#say();
    if (this.#insight !== undefined) this.#pad.light(minFiredGrey(this.#insight, step));
  }

  #say(): void {
    if (this.#insight !== undefined) this.#answer.textContent = answerOf(this.#insight, this.#replay.step);
  }
}
