import type { Decision } from "spikelet/infer";
import type { Hearing } from "./hearing.js";
import { isSilent, joined, Words } from "./words.js";

/** Values of a recording that are heard in a call: 50 ms. */
const PIECE = 400;
/** Pieces after which the page gets a turn. */
const PIECES = 20;

/** State of the network within a word. */
export interface Moment {
  hearing: Hearing;
  /** The sound of the word so far. */
  sound: Float32Array;
  /** What the network makes of it so far, and at last its decision. */
  answer: Decision;
  isOver: boolean;
}

export interface EarListener {
  /** The network has heard more of a word. */
  heard(moment: Moment): void;
  /** A word is over. */
  understood(moment: Moment): void;
}

/** Cuts sound into words and lets a network hear each while it is said. */
export class Ear {
  #hearing: Hearing;
  readonly #listener: EarListener;
  readonly #words: Words;
  #heard: Float32Array[] = [];
  /** Words so far. */
  #found = 0;

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
    this.#hearing = hearing;
    hearing.begin();
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
    await inPieces(sound.subarray(PIECE), (piece) => this.#goOn(piece));
    this.#end(true);
    return true;
  }

  /** Hears a recording with words and silence; `false` where there is no word in it. */
  async recording(sound: Float32Array): Promise<boolean> {
    const before = this.#found;
    await inPieces(sound, (piece) => this.#words.push(piece));
    this.#words.end();
    return this.#found > before;
  }

  #begin(sound: Float32Array): void {
    this.#heard = [];
    this.#hearing.begin();
    this.#goOn(sound);
  }

  #goOn(sound: Float32Array): void {
    if (this.#hearing.isDone) return;
    this.#heard.push(sound.slice());
    this.#listener.heard(this.#moment(this.#hearing.hear(sound), false));
  }

  #end(isWord: boolean): void {
    if (!isWord) return;
    this.#found += 1;
    const moment = this.#moment(this.#hearing.rest(), true);
    this.#listener.heard(moment);
    this.#listener.understood(moment);
  }

  #moment(answer: Decision, isOver: boolean): Moment {
    return { hearing: this.#hearing, sound: joined(this.#heard), answer, isOver };
  }
}

/** Takes a sound piece by piece; in between, the page can do something else. */
async function inPieces(sound: Float32Array, take: (piece: Float32Array) => void): Promise<void> {
  for (let at = 0; at < sound.length; at += PIECE) {
    take(sound.subarray(at, at + PIECE));
    if ((at / PIECE) % PIECES === PIECES - 1) await new Promise((go) => setTimeout(go));
  }
}
