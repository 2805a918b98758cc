import { thumbnailOf } from "../draw/thumbnail.js";
import { element } from "../page/element.js";
import { type Lesson, MAX_NAME, type Sign, TAKES } from "./lesson.js";

/** Whether a drawing was read right by a network that had not seen it; `undefined` where nobody knows. */
export type Mark = (drawing: Uint8Array) => boolean | undefined;

/** A symbol of the list; its elements stay the same when it changes, so that they keep the focus and a press that has begun. */
export class SignItem {
  readonly element: HTMLElement;
  readonly #lesson: Lesson;
  readonly #id: number;
  readonly #radio: HTMLInputElement;
  readonly #name: HTMLInputElement;
  readonly #takes = element("ol", { class: "takes" });
  readonly #remove: HTMLButtonElement;
  #buttons: HTMLButtonElement[] = [];
  #sign: Sign | undefined;

  constructor(lesson: Lesson, id: number) {
    this.#lesson = lesson;
    this.#id = id;
    this.#radio = element("input", { type: "radio", name: "sign", id: `sign-${id}` });
    this.#name = element("input", { type: "text", id: `name-${id}`, maxlength: String(MAX_NAME) });
    this.#remove = element("button", { type: "button", class: "remove", id: `remove-${id}` }, "Remove");
    this.#radio.addEventListener("change", () => lesson.choose(id));
    this.#name.addEventListener("change", () => this.#rename());
    this.#remove.addEventListener("click", () => lesson.remove(id));
    this.element = element("li", { class: "sign" }, this.#radio, this.#name, this.#takes, this.#remove);
  }

  show(sign: Sign, isChosen: boolean, mark: Mark): void {
    const { name, drawings } = sign;
    this.#radio.checked = isChosen;
    this.#radio.setAttribute("aria-label", `Draw ${name} next`);
    // Somebody may be typing another name.
    if (name !== this.#sign?.name) this.#name.value = name;
    this.#name.setAttribute("aria-label", `Name of ${name}`);
    this.#remove.setAttribute("aria-label", `Remove ${name}`);
    this.#takes.setAttribute("aria-label", `${drawings.length} of ${TAKES} drawings of ${name}`);
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

  #rename(): void {
    const before = this.#sign?.name ?? "";
    this.#name.value = this.#name.value.trim() || before;
    if (this.#name.value !== before) this.#lesson.rename(this.#id, this.#name.value);
  }

  #replaceTakes(drawings: readonly Uint8Array[]): void {
    this.#buttons = drawings.map((drawing, take) => {
      const button = element("button", { type: "button", id: `take-${this.#id}-${take}` }, thumbnailOf(drawing));
      button.addEventListener("click", () => this.#lesson.drop(this.#id, take));
      return button;
    });
    const free = Array.from({ length: Math.max(0, TAKES - drawings.length) }, () => element("li", { class: "free" }));
    this.#takes.replaceChildren(...this.#buttons.map((button) => element("li", {}, button)), ...free);
  }
}
