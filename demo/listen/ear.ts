import type { StreamDecision } from "spikelet";
import type { Hearing } from "./hearing.js";
import { isSilent, joined, Words } from "./words.js";

/** Values of a recording that are heard in a call: 50 ms. */
const PIECE = 400;

/** State of the network within a word. */
export interface Moment {
  hearing: Hearing;
  /** The sound of the word so far. */
  sound: Float32Array;
  /** What the network makes of it so far, and at last its decision. */
  answer: StreamDecision;
  isOver: boolean;
}

export interface EarListener {
  /** The network has heard more of a word. */
  heard(moment: Moment): void;
  /** A word is over. */
  understood(moment: Moment): void;
  failed(thrown: unknown): void;
}

/** Cuts sound into words and lets a network hear each while it is said. */
export class Ear {
  #hearing: Hearing;
  readonly #listener: EarListener;
  readonly #words: Words;
  /** Sound of the word that the network has not heard yet; it takes all of it in one call when it is free. */
  #waiting: Float32Array[] = [];
  #heard: Float32Array[] = [];
  /** Words so far. */
  #found = 0;
  /** Decision over the first steps of the word, as many as the network has learnt to listen. */
  #decision: StreamDecision | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(hearing: Hearing, listener: EarListener) {
    this.#hearing = hearing;
    this.#listener = listener;
    this.#words = new Words({
      began: (sound) => this.#begin(sound),
      wentOn: (sound) => this.#goOn(sound),
      ended: (isWord) => this.#end(isWord),
    });
  }

  /** Lets another network hear the words from now on. */
  hearWith(hearing: Hearing): void {
    this.#next(async () => {
      this.#hearing = hearing;
    });
  }

  /** Takes the next sound of a microphone. */
  push(sound: Float32Array): void {
    this.#words.push(sound);
  }

  /** Ends the last word, as the microphone is off. */
  end(): void {
    this.#words.end();
  }

  /** Hears a sound that is one word; `false` for silence, which a network would answer, too. */
  async word(sound: Float32Array): Promise<boolean> {
    if (isSilent(sound)) return false;
    this.#begin(sound.subarray(0, PIECE));
    for (let at = PIECE; at < sound.length; at += PIECE) {
      this.#goOn(sound.subarray(at, at + PIECE));
      await this.#work;
    }
    this.#end(true);
    await this.#work;
    return true;
  }

  /** Hears a recording with words and silence; `false` where there is no word in it. */
  async recording(sound: Float32Array): Promise<boolean> {
    const before = this.#found;
    for (let at = 0; at < sound.length; at += PIECE) {
      this.#words.push(sound.subarray(at, at + PIECE));
      await this.#work;
    }
    this.#words.end();
    await this.#work;
    return this.#found > before;
  }

  #begin(sound: Float32Array): void {
    this.#next(async () => {
      this.#heard = [];
      this.#decision = undefined;
      await this.#hearing.begin();
    });
    this.#goOn(sound);
  }

  #goOn(sound: Float32Array): void {
    this.#waiting.push(sound.slice());
    this.#next(() => this.#hear());
  }

  #end(isWord: boolean): void {
    if (isWord) this.#found += 1;
    this.#next(async () => {
      await this.#hear();
      const answer = this.#decision ?? (await this.#hearing.rest()).decisions[0];
      if (!isWord || answer === undefined) return;
      const moment = { hearing: this.#hearing, sound: joined(this.#heard), answer, isOver: true };
      this.#listener.heard(moment);
      this.#listener.understood(moment);
    });
  }

  async #hear(): Promise<void> {
    const sound = joined(this.#waiting);
    this.#waiting = [];
    if (sound.length === 0 || this.#decision !== undefined) return;
    const { decisions, ...soFar } = await this.#hearing.hear(sound);
    this.#decision = decisions[0];
    this.#heard.push(sound);
    const answer = this.#decision ?? soFar;
    this.#listener.heard({ hearing: this.#hearing, sound: joined(this.#heard), answer, isOver: false });
  }

  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((thrown) => this.#listener.failed(thrown));
  }
}
