import type { Network } from "spikelet";
import { crossValidate, type Example, learn } from "./learning.js";
import type { Sign } from "./lesson.js";

/** A network and the symbols that its outputs stand for, as they were when it learnt. */
export interface Learnt {
  readonly network: Network;
  readonly signs: readonly Sign[];
}

/** Whether each drawing was read right by a network that had not seen it. */
export type Marks = ReadonlyMap<Uint8Array, boolean>;

export interface LearnerListener {
  /** Learning has begun. */
  began(signs: readonly Sign[]): void;
  /** The network has learnt, in so many seconds. */
  learnt(seconds: number): void;
  /** Further networks have read what they had not seen. */
  tested(marks: Marks): void;
  failed(thrown: unknown): void;
}

/** Keeps a network that has learnt the symbols as they are now. */
export class Learner {
  readonly #listener: LearnerListener;
  #learnt: Learnt | undefined;
  /** What is learnt, or has been. */
  #asked: readonly Sign[] = [];
  #isLearning = false;
  #work: AbortController | undefined;

  constructor(listener: LearnerListener) {
    this.#listener = listener;
  }

  /** The last network that has finished. */
  get learnt(): Learnt | undefined {
    return this.#learnt;
  }

  /** Whether a network learns, with which {@link learnt} will be replaced. */
  get isLearning(): boolean {
    return this.#isLearning;
  }

  /** Learns symbols, each of which has drawings, in place of what is being learnt; what has been learnt already is not repeated. */
  learn(signs: readonly Sign[]): void {
    if (isSameLesson(signs, this.#asked)) return;
    const { signal } = this.#begin(signs);
    this.#isLearning = true;
    this.#listener.began(signs);
    this.#teach(signs, signal).catch((thrown) => {
      if (signal.aborted) return;
      this.#asked = [];
      this.#listener.failed(thrown);
    });
  }

  /** Takes over a network that has learnt symbols elsewhere. */
  adopt(learnt: Learnt): void {
    this.#begin(learnt.signs);
    this.#replace(learnt);
  }

  /** Forgets everything. */
  forget(): void {
    this.#begin([]);
    this.#replace(undefined);
  }

  #begin(signs: readonly Sign[]): AbortController {
    this.#work?.abort();
    this.#work = new AbortController();
    this.#asked = signs;
    this.#isLearning = false;
    return this.#work;
  }

  async #teach(signs: readonly Sign[], signal: AbortSignal): Promise<void> {
    const examples = signs.flatMap(({ drawings }, symbol) => drawings.map((pixels, take): Example => ({ pixels, symbol, take })));
    const start = performance.now();
    const network = await learn(examples, signs.length, signal);
    if (signal.aborted) return network.dispose();
    this.#isLearning = false;
    this.#replace({ network, signs });
    this.#listener.learnt((performance.now() - start) / 1000);
    if (signs.some(({ drawings }) => drawings.length < 2)) return;
    const marks = new Map<Uint8Array, boolean>();
    for await (const read of crossValidate(examples, signs.length, signal)) {
      for (const [{ pixels, symbol }, answer] of read) marks.set(pixels, answer === symbol);
    }
    if (!signal.aborted) this.#listener.tested(marks);
  }

  #replace(learnt: Learnt | undefined): void {
    this.#learnt?.network.dispose();
    this.#learnt = learnt;
  }
}

/** Whether two lessons differ in names at most. */
function isSameLesson(a: readonly Sign[], b: readonly Sign[]): boolean {
  return a.length === b.length && a.every(({ id, drawings }, k) => id === b[k]?.id && drawings === b[k]?.drawings);
}
