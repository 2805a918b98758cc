import type { Microphone } from "spikelet/page";
import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { failed, failedToOpen, faultOf } from "../page/failed.js";
import { say } from "../page/state.js";
import { CLASSES } from "./digits.mjs";
import { Ear } from "./ear.js";
import { Hearing } from "./hearing.js";
import source from "./hearing.ts?raw";
import { listen, soundOf } from "./sounds.js";
import { type Recording, SpokenDigits } from "./spoken-digits.js";
import { HearingView } from "./view.js";
import { WordLesson } from "./word-lesson.js";

/** Longest recording, in values at 8,000 Hz, that is taken for one word; a longer one is searched for words. */
const ONE_WORD = 10_000;

/** The room where a network listens. */
class Room {
  readonly #view = new HearingView();
  readonly #ear: Ear;
  readonly #lesson: WordLesson;
  readonly #button = byId("microphone", HTMLButtonElement);
  readonly #files = byId("files", HTMLInputElement);
  readonly #level = byId("level", HTMLMeterElement);
  #microphone: Microphone | undefined;
  /** Gives up the microphone that is being asked for. */
  #asking: AbortController | undefined;
  /** Recordings are heard one after the other, and none beside the microphone. */
  #work: Promise<void> = Promise.resolve();

  constructor(digits: Hearing) {
    this.#ear = new Ear(digits, {
      heard: (moment) => this.#view.show(moment),
      understood: (word) => {
        this.#view.add(word);
        if (!this.#lesson.take(word)) announce(this.#view.answer);
      },
    });
    this.#lesson = new WordLesson(digits, {
      hearWith: (hearing) => this.#ear.hearWith(hearing),
      failed,
    });
    enable(this.#button, true);
    this.#files.disabled = false;
    onPress(this.#button, () => (this.#microphone === undefined ? void this.#listen() : this.#stop()));
    this.#files.addEventListener("change", () => {
      this.#open(recordingsOf(this.#files.files));
      this.#files.value = "";
    });
    document.addEventListener("dragover", (event) => this.#drag(event, true));
    document.addEventListener("dragleave", (event) => this.#drag(event, false));
    document.addEventListener("drop", (event) => {
      this.#drag(event, false);
      this.#open(recordingsOf(event.dataTransfer?.files));
    });
    new SpokenDigits((recordings) => this.#open(recordings));
    byId("code", HTMLElement).textContent = source;
    say("Ready.");
  }

  #stop(sentence = "The microphone is off."): void {
    this.#microphone?.stop();
    this.#microphone = undefined;
    this.#ear.end();
    this.#button.textContent = "Listen";
    this.#level.hidden = true;
    say(sentence);
  }

  #gone(): void {
    if (this.#microphone === undefined) return;
    this.#stop("The microphone has gone.");
    announce("The microphone has gone.");
  }

  /** Turns the microphone on. Recordings can still be heard meanwhile: a visitor may not answer the browser's question. */
  async #listen(): Promise<void> {
    enable(this.#button, false);
    say("Asking for the microphone …");
    const asking = new AbortController();
    this.#asking = asking;
    try {
      await this.#work;
      const microphone = await listen(
        (sound) => this.#push(sound),
        () => this.#gone(),
        asking.signal,
      );
      if (asking.signal.aborted) {
        microphone.stop();
        return;
      }
      this.#microphone = microphone;
    } catch (cause) {
      if (!asking.signal.aborted) failed(new Error(`${microphoneError(cause)} Recordings work too.`, { cause }));
      return;
    } finally {
      this.#asking = undefined;
      enable(this.#button, true);
    }
    this.#button.textContent = "Stop";
    this.#level.hidden = false;
    say("Listening …");
    announce("Listening");
  }

  #push(sound: Float32Array): void {
    // The root shows soft voices too.
    this.#level.value = Math.sqrt(sound.reduce((max, value) => Math.max(max, Math.abs(value)), 0));
    this.#ear.push(sound);
  }

  #open(recordings: readonly Recording[]): void {
    if (recordings.length === 0) return;
    this.#asking?.abort();
    // What was said of earlier recordings is over.
    if (this.#microphone === undefined) say("Ready.");
    for (const recording of recordings) this.#next(() => this.#hear(recording));
  }

  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(failed);
  }

  /** A recording of a word is heard whole; a longer one is searched for words. */
  async #hear({ name, load }: Recording): Promise<void> {
    if (this.#microphone !== undefined) this.#stop();
    const sound = await load()
      .then(soundOf)
      .catch((cause: unknown) => {
        throw new Error(`${name} can't be heard: ${faultOf(cause)}`, { cause });
      });
    const isHeard = sound.length <= ONE_WORD ? await this.#ear.word(sound) : await this.#ear.recording(sound);
    if (isHeard) return;
    say(`No word was heard in ${name}.`);
    announce(`No word was heard in ${name}.`);
  }

  #drag(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    document.body.classList.toggle("dropping", isOver);
  }
}

function microphoneError(thrown: unknown): string {
  if (Object(thrown).path === "audio")
    return "The microphone can't be heard: this browser starts no audio here, as some without loudspeakers.";
  return "There is no microphone that this page may use.";
}

function recordingsOf(files: Iterable<File> | null | undefined): Recording[] {
  return [...(files ?? [])].map((file) => ({ name: file.name, load: async () => file }));
}

async function open(): Promise<void> {
  const response = await fetch("./spoken-digits.model");
  if (!response.ok) throw new Error(`the network can't be loaded: ${response.status}`);
  new Room(new Hearing(new Uint8Array(await response.arrayBuffer()), CLASSES));
  document.documentElement.dataset["state"] = "ready";
}

open().catch(failedToOpen);
