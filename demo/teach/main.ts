import { loadBackend, type Network, type SpikeDataset, save } from "spikelet";
import { centred } from "spikelet/page";
import { padIn } from "../draw/pad.js";
import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { failed, failedToOpen, faultOf } from "../page/failed.js";
import { said, say } from "../page/state.js";
import { Throttle } from "../page/throttle.js";
import { crossValidate, dataOf, type Example, learn } from "./learning.js";
import source from "./learning.ts?raw";
import { Lesson, type Sign, TAKES } from "./lesson.js";
import { Reading } from "./reading.js";
import { restored, saved } from "./saved.js";
import { SignsList } from "./signs-list.js";

/** Milliseconds that the pen is up until a drawing counts as done. */
const STROKE_PAUSE = 500;
/** Milliseconds between two looks at a network that learns. */
const LOOK_EVERY = 150;
const FILE = "symbols.safetensors";

/** A network and the symbols that its outputs stand for. */
interface Learnt {
  network: Network;
  /** The symbols as they were when the network learnt. */
  signs: readonly Sign[];
}

/** The room where a visitor teaches. */
class Room {
  readonly #lesson = new Lesson(() => this.#changed());
  readonly #list = new SignsList(this.#lesson);
  readonly #pad = padIn(byId("pad", HTMLElement), "Your symbol", { drawn: () => this.#drawn(), said: announce });
  readonly #reading = new Reading(this.#pad);
  readonly #keep = byId("keep", HTMLButtonElement);
  readonly #undo = byId("undo", HTMLButtonElement);
  readonly #learn = byId("learn", HTMLButtonElement);
  readonly #save = byId("save", HTMLButtonElement);
  readonly #load = byId("load", HTMLInputElement);
  readonly #progress = byId("progress", HTMLProgressElement);
  readonly #leftOut = byId("left-out", HTMLElement);
  #learnt: Learnt | undefined;
  /** Whether each drawing was read right by a network that had not seen it. */
  #marks = new Map<Uint8Array, boolean>();
  /** Learning and the test behind it. */
  #work: AbortController | undefined;
  #isLearning = false;
  #strokeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    onPress(this.#keep, () => this.#take());
    byId("clear", HTMLButtonElement).addEventListener("click", () => this.#clear());
    onPress(this.#undo, () => this.#lesson.undo());
    onPress(this.#learn, () => this.#start());
    onPress(this.#save, () => void this.#keepFile().catch(failed));
    this.#load.addEventListener("change", () => void this.#open().catch(failed));
    byId("code", HTMLElement).textContent = source;
    this.#changed();
  }

  /** What the outputs stand for, as it is called and drawn now, or was before it was removed. */
  get #symbols(): Sign[] {
    const now = new Map(this.#lesson.signs.map((sign) => [sign.id, sign]));
    return (this.#learnt?.signs ?? []).map((sign) => now.get(sign.id) ?? sign);
  }

  get #names(): string[] {
    return this.#symbols.map(({ name }) => name);
  }

  #changed(): void {
    const { chosen, signs } = this.#lesson;
    this.#list.show((drawing) => this.#marks.get(drawing));
    enable(this.#undo, this.#lesson.canUndo);
    enable(this.#learn, this.#lesson.isReady);
    this.#enableKeep();
    if (this.#work !== undefined) return;
    const isMissing = signs.some(({ drawings }) => drawings.length < TAKES);
    if (chosen !== undefined && isMissing) say(`Draw ${chosen.name}, ${takeOf(chosen)}.`);
    else say(this.#lesson.isReady ? "Ready to learn." : "Add a symbol.");
  }

  #enableKeep(): void {
    enable(this.#keep, !this.#pad.isEmpty && this.#lesson.chosen !== undefined);
  }

  #drawn(): void {
    this.#enableKeep();
    this.#look();
    clearTimeout(this.#strokeTimer);
    if (this.#learnt === undefined || this.#isLearning || this.#pad.isEmpty || this.#pad.isDrawing) return;
    this.#strokeTimer = setTimeout(() => this.#reading.play(), STROKE_PAUSE);
  }

  #look(): void {
    if (this.#learnt === undefined || this.#isLearning) return;
    const { network } = this.#learnt;
    const question = { network, names: this.#names, pixels: centred(this.#pad.pixels), label: undefined };
    this.#reading.show(question).catch(failed);
  }

  #take(): void {
    const { chosen } = this.#lesson;
    if (chosen === undefined || this.#pad.isEmpty) return;
    clearTimeout(this.#strokeTimer);
    const drawing = centred(this.#pad.pixels);
    this.#pad.clear();
    this.#lesson.keep(drawing);
    if (document.activeElement === this.#keep) this.#pad.focus();
    announce(`kept as ${chosen.name}. ${said()}`);
  }

  #clear(): void {
    this.#pad.clear();
    this.#drawn();
  }

  #start(): void {
    const work = new AbortController();
    this.#work?.abort();
    this.#work = work;
    this.#show("learning");
    this.#teach(work.signal)
      .catch((thrown) => {
        if (work.signal.aborted) return;
        this.#progress.hidden = true;
        this.#show("failed");
        failed(thrown);
      })
      .finally(() => {
        if (this.#work === work) this.#work = undefined;
      });
  }

  /** Learns, shows it, and lets networks read what they have not seen. */
  async #teach(signal: AbortSignal): Promise<void> {
    const { signs } = this.#lesson;
    const examples = signs.flatMap(({ drawings }, symbol) => drawings.map((pixels, take): Example => ({ pixels, symbol, take })));
    const data = dataOf(examples);
    const names = signs.map(({ name }) => name);
    const example = examples.at(-1);
    this.#marks = new Map();
    this.#list.show(() => undefined);
    this.#leftOut.hidden = true;
    this.#progress.hidden = false;
    const looks = new Throttle(LOOK_EVERY, () => {
      if (this.#learnt !== undefined && example !== undefined && !signal.aborted) {
        const question = { network: this.#learnt.network, names, pixels: example.pixels, label: example.symbol };
        this.#reading.show(question).catch(failed);
      }
    });
    const before = this.#learnt;
    for await (const { trainer, epoch, epochs, accuracy } of learn(data, signs.length, signal)) {
      this.#learnt = { network: trainer, signs };
      this.#progress.value = epoch / epochs;
      say(`Learning, round ${epoch} of ${epochs}: reads ${percent(accuracy)} of the drawings and their variations.`);
      looks.soon();
    }
    if (before?.network !== this.#learnt?.network) before?.network.dispose();
    this.#show("learnt");
    say("Learnt. Draw one to see it read; its memory is now tested.");
    announce("Learnt. Draw one to see it read.");
    await this.#test(data, examples, signs.length, signal);
  }

  async #test(data: SpikeDataset, examples: readonly Example[], symbols: number, signal: AbortSignal): Promise<void> {
    this.#progress.value = 0;
    for await (const read of crossValidate(data, examples, symbols, signal)) {
      for (const [{ pixels, symbol }, answer] of read) this.#marks.set(pixels, answer === symbol);
      this.#progress.value = this.#marks.size / examples.length;
      const right = [...this.#marks.values()].filter(Boolean).length;
      this.#leftOut.hidden = false;
      this.#leftOut.textContent = `Left out of the lesson and then read: ${right} of ${this.#marks.size} drawings right (${percent(right / this.#marks.size)}).`;
    }
    this.#list.show((drawing) => this.#marks.get(drawing));
    this.#progress.hidden = true;
    this.#show("tested");
    say("Draw one to see it read.");
    announce(this.#leftOut.textContent ?? "");
  }

  async #keepFile(): Promise<void> {
    if (this.#learnt === undefined) return;
    await save(FILE, await saved(this.#learnt.network, this.#symbols));
  }

  async #open(): Promise<void> {
    const [file] = this.#load.files ?? [];
    this.#load.value = "";
    if (file === undefined) return;
    const { network, signs } = await restored(file).catch((cause: unknown) => {
      throw new Error(`${file.name} can't be loaded: ${faultOf(cause)}`, { cause });
    });
    this.#work?.abort();
    this.#work = undefined;
    this.#learnt?.network.dispose();
    this.#learnt = undefined;
    this.#marks = new Map();
    this.#leftOut.hidden = true;
    this.#progress.hidden = true;
    this.#lesson.replace(signs);
    this.#learnt = { network, signs: this.#lesson.signs };
    this.#show("learnt");
    say("Loaded. Draw one to see it read.");
    clearTimeout(this.#strokeTimer);
    this.#reading.forget("Draw one to see it read.");
    announce("Loaded. Draw one to see it read.");
  }

  #show(state: "learning" | "learnt" | "tested" | "failed"): void {
    this.#isLearning = state === "learning";
    document.documentElement.dataset["state"] = state;
    enable(this.#save, this.#learnt !== undefined);
  }
}

/** Which drawing of a symbol comes next; there may be more than the lesson asks for. */
function takeOf({ drawings: { length } }: Sign): string {
  return length < TAKES ? `${length + 1} of ${TAKES}` : "once more";
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

async function open(): Promise<void> {
  await loadBackend();
  new Room();
  document.documentElement.dataset["state"] = "ready";
}

open().catch(failedToOpen);
