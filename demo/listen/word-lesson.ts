import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId, element } from "../page/element.js";
import type { Moment } from "./ear.js";
import type { Hearing } from "./hearing.js";

/** Examples of a word that the page asks for, and how many it needs. */
const [TAKES, ENOUGH] = [5, 3];

interface Word {
  name: string;
  examples: Float32Array[];
  button: HTMLButtonElement;
  count: HTMLElement;
}

export interface LessonListener {
  /** The page listens with another network from now on. */
  hearWith(hearing: Hearing): void;
  failed(thrown: unknown): void;
}

/** Two words of a visitor, and the network that learns them. */
export class WordLesson {
  readonly #digits: Hearing;
  readonly #listener: LessonListener;
  readonly #words: readonly Word[];
  readonly #learn = byId("learn", HTMLButtonElement);
  readonly #forget = byId("forget", HTMLButtonElement);
  readonly #state = byId("lesson", HTMLElement);
  readonly #progress = byId("progress", HTMLProgressElement);
  /** The word that is being recorded. */
  #recorded: Word | undefined;
  #learnt: Hearing | undefined;
  #isLearning = false;

  constructor(digits: Hearing, listener: LessonListener) {
    this.#digits = digits;
    this.#listener = listener;
    this.#words = ["yes", "no"].map((name, k) => this.#word(name, k));
    onPress(this.#learn, () => void this.#teach().catch(listener.failed));
    onPress(this.#forget, () => this.#back());
    this.#show();
  }

  /** Takes a word that was heard as an example of the word that is being recorded; `false` where none is being recorded. */
  take({ sound }: Moment): boolean {
    const word = this.#recorded;
    if (word === undefined) return false;
    word.examples.push(sound);
    announce(`${word.name}: ${word.examples.length} of ${TAKES}`);
    if (word.examples.length >= TAKES) this.#recorded = this.#words.find(({ examples }) => examples.length < TAKES);
    this.#show();
    return true;
  }

  #word(name: string, k: number): Word {
    const field = element("input", {
      type: "text",
      maxlength: "16",
      value: name,
      "aria-label": k === 0 ? "First word" : "Second word",
    });
    const button = element("button", { type: "button" });
    const count = element("span", { class: "count" });
    const word: Word = { name, examples: [], button, count };
    field.addEventListener("change", () => {
      word.name = field.value.trim() || word.name;
      field.value = word.name;
      this.#show();
    });
    button.addEventListener("click", () => this.#record(word));
    byId("words", HTMLElement).append(element("div", { class: "word" }, field, button, count));
    return word;
  }

  /** Words that are heard from now on are examples of this one, until there are enough; a full one starts again. */
  #record(word: Word): void {
    const goesOn = this.#recorded !== word;
    if (goesOn && word.examples.length >= TAKES) word.examples = [];
    this.#recorded = goesOn ? word : undefined;
    this.#show();
    if (goesOn) announce(`say ${word.name} ${TAKES} times`);
  }

  #show(): void {
    for (const word of this.#words) {
      const isRecorded = word === this.#recorded;
      word.button.textContent = isRecorded ? "Stop" : "Record";
      word.button.setAttribute("aria-pressed", String(isRecorded));
      word.button.setAttribute("aria-label", `${isRecorded ? "Stop recording" : "Record"} ${word.name}`);
      word.count.textContent = `${word.examples.length} of ${TAKES}`;
    }
    enable(this.#learn, !this.#isLearning && this.#words.every(({ examples }) => examples.length >= ENOUGH));
    enable(this.#forget, !this.#isLearning && this.#learnt !== undefined);
    // How far it has learnt is told there.
    if (this.#isLearning) return;
    const { name } = this.#recorded ?? {};
    this.#state.textContent = name === undefined ? "" : `Say “${name}” with the microphone on, or open files of it.`;
  }

  async #teach(): Promise<void> {
    this.#recorded = undefined;
    this.#isLearning = true;
    this.#show();
    this.#progress.hidden = false;
    document.documentElement.dataset["state"] = "learning";
    try {
      // As they are now: somebody may record others meanwhile.
      const words = this.#words.map(({ name, examples }) => ({ name, examples: [...examples] }));
      const { learn } = await import("./learning.js");
      this.#learnt = await learn(words, ({ epoch, epochs, accuracy }) => {
        this.#progress.value = epoch / epochs;
        this.#state.textContent = `Learning, round ${epoch} of ${epochs}: ${Math.round(100 * accuracy)} % of the examples and their variations.`;
      });
    } catch (thrown) {
      document.documentElement.dataset["state"] = "failed";
      throw thrown;
    } finally {
      this.#progress.hidden = true;
      this.#isLearning = false;
      this.#show();
    }
    this.#listener.hearWith(this.#learnt);
    this.#state.textContent = `Learnt: it can tell “${this.#words[0]?.name}” from “${this.#words[1]?.name}”. Say one.`;
    announce(this.#state.textContent);
    document.documentElement.dataset["state"] = "learnt";
  }

  #back(): void {
    this.#learnt = undefined;
    this.#listener.hearWith(this.#digits);
    this.#show();
    this.#state.textContent = "It listens for digits again.";
    document.documentElement.dataset["state"] = "ready";
  }
}
