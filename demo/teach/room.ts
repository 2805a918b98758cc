import { save } from "spikelet";
import { announce } from "../page/announce.js";
import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { failed, faultOf } from "../page/failed.js";
import { say } from "../page/state.js";
import { Answer } from "./answer.js";
import { Learner, type Marks } from "./learner.js";
import { Lesson, type Sign, type SignContent } from "./lesson.js";
import { coarse } from "./levels.js";
import type { Link } from "./link.js";
import { Reading } from "./reading.js";
import { restored, saved } from "./saved.js";
import type { OutputView, PadUse, SignView } from "./sign-item.js";
import { SignsList } from "./signs-list.js";
import { Slate } from "./slate.js";
import { OTHER, SURE_LEAD, type Verdict, verdictOf } from "./verdict.js";

const FILE = "symbols.safetensors";
const ASKS = "Draw something: the answer comes here.";

/** The drawing under way of a symbol, on the pad; without one until its first stroke. */
interface Draft {
  readonly id: number;
  readonly drawing: Uint8Array | undefined;
}

/** What a network made of a drawing, and the symbols that its outputs stand for. */
interface Read {
  readonly verdict: Verdict;
  readonly signs: readonly Sign[];
}

/** The room where a visitor teaches. */
export class Room {
  readonly #lesson: Lesson;
  readonly #list: SignsList;
  readonly #link: Link;
  readonly #slate = new Slate({ drawn: () => this.#drawn(), rested: () => this.#rested() });
  readonly #answer = new Answer();
  readonly #reading = new Reading(this.#slate.pad, (insight, { signs }) =>
    this.#answered({ verdict: verdictOf(insight), signs }),
  );
  readonly #learner = new Learner({
    began: (signs) => this.#began(signs),
    learnt: (seconds) => this.#learnt(seconds),
    tested: (marks) => this.#tested(marks),
    failed: (thrown) => this.#failed(thrown),
  });
  readonly #prompt = byId("prompt", HTMLElement);
  readonly #done = byId("done", HTMLButtonElement);
  readonly #undo = byId("undo", HTMLButtonElement);
  readonly #save = byId("save", HTMLButtonElement);
  readonly #load = byId("load", HTMLInputElement);
  readonly #leftOut = byId("left-out", HTMLElement);
  #draft: Draft | undefined;
  #read: Read | undefined;
  #marks: Marks = new Map();
  /** Whether the answer to a finished stroke is still to be told and shown step by step. */
  #isOwed = false;
  /** Whether the list offers to keep the drawing. */
  #isOffered = false;

  constructor(signs: readonly SignContent[], link: Link) {
    this.#link = link;
    this.#lesson = new Lesson(signs, () => this.#changed());
    this.#list = new SignsList(this.#lesson, (id) => this.#teach(id));
    byId("clear", HTMLButtonElement).addEventListener("click", () => this.#clear());
    this.#done.addEventListener("click", () => this.#finish());
    onPress(byId("copy", HTMLButtonElement), () => void this.#link.copy(this.#lesson.signs));
    onPress(this.#undo, () => this.#lesson.undo());
    onPress(this.#save, () => void this.#keepFile().catch(failed));
    this.#load.addEventListener("change", () => void this.#open().catch(failed));
    this.#answer.say(ASKS);
    this.#show();
  }

  /** Learns the symbols that are there at the start. */
  start(): void {
    this.#learner.learn(this.#lesson.drawn);
  }

  /** Replaces all symbols, which can be undone. */
  replace(signs: readonly SignContent[]): void {
    this.#draft = undefined;
    this.#slate.clear();
    this.#forget();
    this.#lesson.replace(signs);
  }

  /** Symbols as they are called and drawn now, or were before they were removed. */
  #asNow(signs: readonly Sign[]): Sign[] {
    const now = new Map(this.#lesson.signs.map((sign) => [sign.id, sign]));
    return signs.map((sign) => now.get(sign.id) ?? sign);
  }

  /** The lesson has changed. */
  #changed(): void {
    const { drawn, signs } = this.#lesson;
    const { id, drawing } = this.#draft ?? {};
    // What was undone or removed is not drawn further.
    const isGone = drawing === undefined ? signs.every((sign) => sign.id !== id) : !this.#lesson.has(drawing);
    if (id !== undefined && isGone) this.#finish();
    this.#link.write(signs);
    this.#leftOut.hidden = true;
    if (drawn.length > 1) {
      this.#learner.learn(drawn);
    } else {
      this.#learner.forget();
      this.#forget();
      this.#enter("ready");
      say("A network needs two symbols with a drawing each.");
    }
    if (this.#read !== undefined) this.#answered(this.#read);
    this.#show();
    void this.#look();
  }

  #show(): void {
    this.#isOffered = this.#draft === undefined && this.#slate.isOpen;
    this.#list.show((id) => this.#viewOf(id));
    this.#list.offer(this.#isOffered);
    this.#list.light((id) => this.#outputOf(id));
    enable(this.#undo, this.#lesson.canUndo);
    enable(this.#save, this.#learner.learnt !== undefined);
    const target = this.#lesson.signs.find(({ id }) => id === this.#draft?.id);
    this.#done.hidden = target === undefined;
    byId("drawing", HTMLElement).classList.toggle("teaching", target !== undefined);
    this.#prompt.textContent = target === undefined ? "Draw here" : `Draw ${target.name}: it learns after each stroke`;
  }

  #viewOf(id: number): SignView {
    const use: PadUse = this.#draft?.id === id ? "draws" : this.#isOffered ? "offers" : "free";
    return { use, mark: (drawing) => this.#marks.get(drawing) };
  }

  #outputOf(id: number): OutputView | undefined {
    const { signs = [], verdict } = this.#read ?? {};
    const output = signs.findIndex((sign) => sign.id === id);
    if (verdict === undefined || output < 0) return undefined;
    const { firsts, isSure, lead, output: first, second, steps } = verdict;
    const isNamed = output === first || (lead < SURE_LEAD && output === second);
    return { kind: !isNamed ? "other" : isSure ? "sure" : "unsure", first: firsts[output], steps };
  }

  #drawn(): void {
    if (this.#slate.drawing === undefined) {
      this.#forget();
    } else {
      this.#answer.isBusy = true;
      void this.#look();
    }
    if (this.#isOffered !== (this.#draft === undefined && this.#slate.isOpen)) this.#show();
  }

  /** A stroke is done: it is learnt where it is of a symbol, and its answer told. */
  #rested(): void {
    const { drawing: drawn } = this.#slate;
    if (drawn === undefined) return;
    const drawing = coarse(drawn);
    this.#isOwed = true;
    const { id, drawing: before } = this.#draft ?? {};
    if (id !== undefined) {
      this.#draft = { id, drawing };
      if (before === undefined) this.#lesson.keep(id, drawing);
      else this.#lesson.redraw(before, drawing);
    } else if (this.#learner.learnt === undefined && this.#lesson.drawn.length > 1) {
      // After a failure.
      this.#learner.learn(this.#lesson.drawn);
    }
    void this.#look();
  }

  /** Uses the pad for a symbol, or for a new one: keeps the drawing that is on it, or lets one be drawn. */
  #teach(id?: number): void {
    if (id !== undefined && this.#draft?.id === id) {
      this.#finish();
      return;
    }
    const drawing = this.#isOffered ? this.#slate.drawing : undefined;
    if (drawing === undefined) {
      this.#slate.clear();
      this.#forget();
      const sign = id ?? this.#lesson.add();
      this.#draft = sign === undefined ? undefined : { id: sign, drawing: undefined };
    } else {
      this.#slate.finish();
      this.#isOwed = true;
      this.#answer.isBusy = true;
      if (id === undefined) this.#lesson.add(coarse(drawing));
      else this.#lesson.keep(id, coarse(drawing));
    }
    this.#show();
    announce(drawing === undefined ? this.#prompt.textContent : "Kept, and learning.");
    this.#slate.pad.focus();
  }

  /** Ends the drawing of a symbol. */
  #finish(): void {
    const hadFocus = document.activeElement === this.#done;
    this.#draft = undefined;
    this.#slate.finish();
    this.#show();
    if (hadFocus) this.#slate.pad.focus();
  }

  #clear(): void {
    this.#slate.clear();
    this.#forget();
    const { id, drawing } = this.#draft ?? {};
    if (id !== undefined && drawing !== undefined) {
      this.#draft = { id, drawing: undefined };
      this.#lesson.drop(drawing);
    }
    this.#show();
  }

  /** Reads what is on the pad; once a stroke is done and the network up to date, tells the answer and shows how it came about. */
  async #look(): Promise<void> {
    const { learnt } = this.#learner;
    const { drawing } = this.#slate;
    if (learnt === undefined || drawing === undefined) return;
    try {
      await this.#reading.show({ network: learnt.network, signs: this.#asNow(learnt.signs), pixels: drawing });
    } catch (thrown) {
      return this.#failed(thrown);
    }
    if (!this.#isOwed || this.#learner.isLearning || this.#slate.pad.isDrawing || this.#read === undefined) return;
    this.#isOwed = false;
    this.#answer.isBusy = false;
    announce(this.#answer.text);
    this.#reading.play();
  }

  #answered(read: Read): void {
    this.#read = read;
    this.#answer.show(read.verdict, [...this.#asNow(read.signs).map(({ name }) => name), OTHER]);
    this.#list.light((id) => this.#outputOf(id));
  }

  /** Forgets the answer. */
  #forget(): void {
    this.#isOwed = false;
    this.#read = undefined;
    this.#reading.forget();
    this.#answer.say(ASKS);
    this.#answer.isBusy = false;
    this.#list.light(() => undefined);
  }

  #began(signs: readonly Sign[]): void {
    this.#enter("learning");
    say(`Learning ${countOf(signs)} …`);
  }

  #learnt(seconds: number): void {
    this.#enter("ready");
    say(`${countOf(this.#learner.learnt?.signs ?? [])}, learnt in ${seconds.toFixed(2)}\u00a0s`);
    this.#show();
    void this.#look();
  }

  #tested(marks: Marks): void {
    const right = [...marks.values()].filter(Boolean).length;
    this.#marks = marks;
    this.#leftOut.hidden = false;
    this.#leftOut.textContent = `Left out of the lesson and then read: ${right} of ${marks.size} drawings right.`;
    this.#show();
  }

  #failed(thrown: unknown): void {
    this.#learner.forget();
    this.#forget();
    this.#enter("failed");
    failed(thrown);
  }

  async #keepFile(): Promise<void> {
    const { learnt } = this.#learner;
    if (learnt !== undefined) await save(FILE, await saved(learnt.network, this.#asNow(learnt.signs)));
  }

  async #open(): Promise<void> {
    const [file] = this.#load.files ?? [];
    this.#load.value = "";
    if (file === undefined) return;
    const { network, signs } = await restored(file).catch((cause: unknown) => {
      throw new Error(`${file.name} can't be loaded: ${faultOf(cause)}`, { cause });
    });
    this.replace(signs);
    this.#learner.adopt({ network, signs: this.#lesson.signs });
    this.#enter("ready");
    this.#show();
    say("Loaded. Draw something to see it read.");
    announce("Loaded. Draw something to see it read.");
  }

  #enter(state: "learning" | "ready" | "failed"): void {
    document.documentElement.dataset["state"] = state;
  }
}

function countOf(signs: readonly Sign[]): string {
  const drawings = signs.reduce((sum, sign) => sum + sign.drawings.length, 0);
  return `${signs.length} symbols from ${drawings} drawings`;
}
