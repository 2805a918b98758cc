import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { failed, failedToOpen, messageOf } from "../page/failed.js";
import { Ear } from "./ear.js";
import { Hearing } from "./hearing.js";
import source from "./hearing.ts?raw";
import { LessonOfWords } from "./lesson-of-words.js";
import { type Microphone, openMicrophone, soundOf } from "./sounds.js";
import checkpoint from "./spoken-digits.safetensors?url";
import { HearingView } from "./view.js";

/** Values at 8,000 Hz of a recording that is taken for one word, not searched for words. */
const ONE_WORD = 10_000;

/** The room where a network listens. */
class Room {
  readonly #view = new HearingView();
  readonly #ear: Ear;
  readonly #lesson: LessonOfWords;
  readonly #button = byId("microphone", HTMLButtonElement);
  readonly #files = byId("files", HTMLInputElement);
  readonly #level = byId("level", HTMLMeterElement);
  #microphone: Microphone | undefined;
  /** Files are heard one after the other, and none beside the microphone. */
  #work: Promise<void> = Promise.resolve();

  constructor(digits: Hearing) {
    this.#ear = new Ear(digits, {
      heard: (moment) => this.#view.show(moment),
      understood: (word) => {
        this.#view.add(word);
        if (!this.#lesson.take(word)) announce(this.#view.answer);
      },
      failed,
    });
    this.#lesson = new LessonOfWords(digits, {
      hearWith: (hearing) => this.#ear.hearWith(hearing),
      failed,
    });
    enable(this.#button, true);
    this.#files.disabled = false;
    onPress(this.#button, () => (this.#microphone === undefined ? this.#listen() : this.#stop()));
    this.#files.addEventListener("change", () => {
      this.#open([...(this.#files.files ?? [])]);
      this.#files.value = "";
    });
    document.addEventListener("dragover", (event) => this.#drag(event, true));
    document.addEventListener("dragleave", (event) => this.#drag(event, false));
    document.addEventListener("drop", (event) => {
      this.#drag(event, false);
      this.#open([...(event.dataTransfer?.files ?? [])]);
    });
    byId("code", HTMLElement).textContent = source;
    this.#say("Ready.");
  }

  #stop(sentence = "The microphone is off."): void {
    this.#microphone?.stop();
    this.#microphone = undefined;
    this.#ear.end();
    this.#button.textContent = "Listen";
    this.#level.hidden = true;
    this.#say(sentence);
  }

  #gone(): void {
    if (this.#microphone === undefined) return;
    this.#stop("The microphone has gone.");
    announce("The microphone has gone.");
  }

  #listen(): void {
    enable(this.#button, false);
    this.#say("Asking for the microphone …");
    this.#next(() => this.#openMicrophone());
  }

  async #openMicrophone(): Promise<void> {
    this.#microphone = await openMicrophone(
      (sound) => this.#push(sound),
      () => this.#gone(),
    )
      .catch((cause: unknown) => {
        throw new Error("There is no microphone that this page may use. WAV files work too.", { cause });
      })
      .finally(() => enable(this.#button, true));
    this.#button.textContent = "Stop";
    this.#level.hidden = false;
    this.#say("Listening …");
    announce("Listening");
  }

  #push(sound: Float32Array): void {
    // The root shows soft voices too.
    this.#level.value = Math.sqrt(sound.reduce((max, value) => Math.max(max, Math.abs(value)), 0));
    this.#ear.push(sound);
  }

  #open(files: readonly File[]): void {
    // What was said of earlier files is over.
    if (files.length > 0 && this.#microphone === undefined) this.#say("Ready.");
    for (const file of files) this.#next(() => this.#hear(file));
  }

  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(failed);
  }

  /** A recording of a word is heard whole; a longer one is searched for words. */
  async #hear(file: File): Promise<void> {
    if (this.#microphone !== undefined) this.#stop();
    const sound = await soundOf(file).catch((cause: unknown) => {
      throw new Error(`${file.name} can't be heard: ${messageOf(cause)}`, { cause });
    });
    const isHeard = sound.length <= ONE_WORD ? await this.#ear.word(sound) : await this.#ear.recording(sound);
    if (isHeard) return;
    this.#say(`No word was heard in ${file.name}.`);
    announce(`No word was heard in ${file.name}.`);
  }

  #drag(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    document.body.classList.toggle("dropping", isOver);
  }

  #say(sentence: string): void {
    byId("state", HTMLElement).textContent = sentence;
  }
}

async function open(): Promise<void> {
  const response = await fetch(checkpoint);
  if (!response.ok) throw new Error(`the network can't be loaded: ${response.status}`);
  new Room(await Hearing.restore(new Uint8Array(await response.arrayBuffer())));
  document.documentElement.dataset["state"] = "ready";
}

open().catch(failedToOpen);
