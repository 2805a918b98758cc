/** Values of a frame: 10 ms. */
const FRAME = 80;
/** Frames that are kept from before a word begins. */
const BEFORE = 6;
/** Frames above the level that begin a word, and below it that end one. */
const [BEGIN, END] = [3, 25];
/** Frames of a word at least and at most. */
const [MIN_FRAMES, MAX_FRAMES] = [12, 100];
/** How much louder than the room a word is, and the root mean square that it has at least. */
const [ABOVE, QUIETEST] = [3.5, 0.004];
/** Factors by which the estimate of the room's noise rises and falls with each frame. */
const [RISE, FALL] = [1.01, 0.7];

export interface WordListener {
  /** A word begins, with its first sound. */
  began(sound: Float32Array): void;
  wentOn(sound: Float32Array): void;
  /** A word is over; `isWord` is false where the sound was too short to be one. */
  ended(isWord: boolean): void;
}

/** Finds words in a sound at 8,000 Hz: what is louder than the room, until it is quiet for a quarter of a second. */
export class Words {
  readonly #listener: WordListener;
  #rest: Float32Array = new Float32Array();
  #recent: Float32Array[] = [];
  #noise = QUIETEST / ABOVE;
  /** Frames in a row above the level before a word, below it within one. */
  #run = 0;
  #length = 0;
  #isWithin = false;

  constructor(listener: WordListener) {
    this.#listener = listener;
  }

  push(sound: Float32Array): void {
    const all = joined([this.#rest, sound]);
    let at = 0;
    for (; at + FRAME <= all.length; at += FRAME) this.#frame(all.subarray(at, at + FRAME));
    this.#rest = all.slice(at);
  }

  /** The sound is over. */
  end(): void {
    if (this.#isWithin) this.#finish();
  }

  #frame(frame: Float32Array): void {
    const level = levelOf(frame);
    const isLoud = level > Math.max(QUIETEST, ABOVE * this.#noise);
    if (this.#isWithin) {
      this.#length += 1;
      this.#run = isLoud ? 0 : this.#run + 1;
      this.#listener.wentOn(frame);
      if (this.#run >= END || this.#length >= MAX_FRAMES) this.#finish();
      return;
    }
    this.#noise = level > this.#noise ? Math.min(level, this.#noise * RISE) : FALL * this.#noise + (1 - FALL) * level;
    this.#recent = [...this.#recent, frame.slice()].slice(-BEFORE - BEGIN);
    this.#run = isLoud ? this.#run + 1 : 0;
    if (this.#run < BEGIN) return;
    this.#isWithin = true;
    this.#length = this.#recent.length;
    this.#run = 0;
    this.#listener.began(joined(this.#recent));
  }

  #finish(): void {
    this.#isWithin = false;
    this.#listener.ended(this.#length - this.#run >= MIN_FRAMES);
    this.#recent = [];
    this.#run = 0;
  }
}

/** Whether a sound is nowhere as loud as the quietest word. */
export function isSilent(sound: Float32Array): boolean {
  for (let at = 0; at + FRAME <= sound.length; at += FRAME) {
    if (levelOf(sound.subarray(at, at + FRAME)) > QUIETEST) return false;
  }
  return true;
}

/** Root mean square of a frame. */
function levelOf(frame: Float32Array): number {
  return Math.sqrt(frame.reduce((sum, value) => sum + value * value, 0) / FRAME);
}

export function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
