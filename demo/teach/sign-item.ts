import { thumbnailOf } from "../draw/thumbnail.js";
import { element } from "../page/element.js";
import { type Lesson, MAX_NAME, type Sign } from "./lesson.js";

/** How the pad stands to a symbol: nothing new on it, a drawing that may be kept, or a drawing of this symbol under way. */
export type PadUse = "free" | "offers" | "draws";

/** What a list of symbols says of one of them. */
export interface SignView {
  readonly use: PadUse;
  /** Whether each drawing was read right by a network that had not seen it, where that is known. */
  readonly mark: (drawing: Uint8Array) => boolean | undefined;
}

/** What an output did with the drawing on the pad. */
export interface OutputView {
  readonly kind: "sure" | "unsure" | "other";
  /** Step of its first spike; `undefined` where it is silent. */
  readonly first: number | undefined;
  readonly steps: number;
}

/** A symbol of the list; its elements stay the same when it changes, so that they keep the focus and a press that has begun. */
export class SignItem {
  readonly element: HTMLElement;
  readonly #lesson: Lesson;
  readonly #id: number;
  readonly #name: HTMLInputElement;
  readonly #takes = element("ol", { class: "takes" });
  readonly #bar = element("span", { class: "bar" });
  readonly #first = element("span", { class: "first-spike" });
  readonly #teach: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  #buttons: HTMLButtonElement[] = [];
  #sign: Sign | undefined;

  /** @param onTeach called with the symbol that the pad is to be used for. */
  constructor(lesson: Lesson, id: number, onTeach: (id: number) => void) {
    this.#lesson = lesson;
    this.#id = id;
    this.#name = element("input", { type: "text", id: `name-${id}`, maxlength: String(MAX_NAME), autocomplete: "off" });
    this.#remove = element("button", { type: "button", class: "remove", id: `remove-${id}` }, "✕");
    this.#teach = element("button", { type: "button", class: "teach", id: `teach-${id}` });
    this.#name.addEventListener("change", () => this.#rename());
    this.#remove.addEventListener("click", () => lesson.remove(id));
    this.#teach.addEventListener("click", () => onTeach(id));
    this.element = element(
      "li",
      { class: "sign" },
      element("div", { class: "sign-head" }, this.#name, this.#remove),
      this.#takes,
      element("p", { class: "output" }, element("span", { class: "track", "aria-hidden": "true" }, this.#bar), this.#first),
      this.#teach,
    );
  }

  show(sign: Sign, { mark, use }: SignView): void {
    const { name, drawings } = sign;
    this.element.classList.toggle("drawn", use === "draws");
    // Somebody may be typing another name.
    if (name !== this.#sign?.name) this.#name.value = name;
    this.#name.setAttribute("aria-label", `Name of ${name}`);
    this.#remove.title = `Remove ${name}`;
    this.#remove.setAttribute("aria-label", this.#remove.title);
    this.#takes.setAttribute("aria-label", `${drawings.length} drawing${drawings.length === 1 ? "" : "s"} of ${name}`);
    const [words, label] = wordsOf(use, name, drawings.length);
    this.#teach.textContent = words;
    this.#teach.setAttribute("aria-label", label);
    if (drawings !== this.#sign?.drawings) this.#replaceTakes(drawings);
    for (const [take, button] of this.#buttons.entries()) {
      const isRight = mark(drawings[take] as Uint8Array);
      const verdict = isRight === undefined ? "" : isRight ? ", read right when left out" : ", misread when left out";
      button.className = `take${isRight === undefined ? "" : isRight ? " right" : " wrong"}`;
      button.title = `Remove drawing ${take + 1} of ${name}${verdict}`;
      button.setAttribute("aria-label", button.title);
    }
    this.#sign = sign;
  }

  /** Shows what its output did; `undefined` where nothing was read. */
  light(output: OutputView | undefined): void {
    const { classList } = this.element;
    classList.toggle("sure", output?.kind === "sure");
    classList.toggle("unsure", output?.kind === "unsure");
    const { first, steps = 1 } = output ?? {};
    // The earlier, the longer.
    this.#bar.style.width = first === undefined ? "0" : `${Math.round(100 * (1 - first / steps))}%`;
    this.#first.textContent = output === undefined ? "" : first === undefined ? "silent" : `step ${first}`;
  }

  #rename(): void {
    const before = this.#sign?.name ?? "";
    this.#name.value = this.#name.value.trim() || before;
    if (this.#name.value !== before) this.#lesson.rename(this.#id, this.#name.value);
  }

  #replaceTakes(drawings: readonly Uint8Array[]): void {
    this.#buttons = drawings.map((drawing, take) => {
      const button = element("button", { type: "button", id: `take-${this.#id}-${take}` }, thumbnailOf(drawing));
      button.addEventListener("click", () => this.#lesson.drop(drawing));
      return button;
    });
    this.#takes.replaceChildren(...this.#buttons.map((button) => element("li", {}, button)));
  }
}

/** Words on the button of a symbol, and the same for screen readers, with its name. */
function wordsOf(use: PadUse, name: string, drawings: number): readonly [words: string, label: string] {
  if (use === "draws") return ["Done", `Done with ${name}`];
  if (use === "offers") return ["It was this", `It was this: ${name}`];
  return drawings === 0 ? ["Draw it", `Draw it: ${name}`] : ["Draw another", `Draw another ${name}`];
}
