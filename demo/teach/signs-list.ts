import { thumbnailOf } from "../draw/thumbnail.js";
import { enable, onPress } from "../page/button.js";
import { byId, element } from "../page/element.js";
import { type Lesson, MAX_NAME, MAX_SIGNS, type Sign, TAKES } from "./lesson.js";

/** Whether a drawing was read right by a network that had not seen it; `undefined` where nobody knows. */
export type Mark = (drawing: Uint8Array) => boolean | undefined;

/** The symbols with their drawings, to choose, rename and remove. */
export class SignsList {
  readonly #lesson: Lesson;
  readonly #list = byId("signs", HTMLElement);
  readonly #add = byId("add", HTMLButtonElement);

  constructor(lesson: Lesson) {
    this.#lesson = lesson;
    onPress(this.#add, () => lesson.add());
  }

  /** Makes the list anew; the focus stays where it was, or goes to the button below it where that is gone. */
  show(mark: Mark): void {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    this.#list.replaceChildren(...this.#lesson.signs.map((sign) => this.#item(sign, mark)));
    enable(this.#add, this.#lesson.signs.length < MAX_SIGNS);
    if (focused !== undefined) (document.getElementById(focused) ?? this.#add).focus();
  }

  #item(sign: Sign, mark: Mark): HTMLElement {
    const { id, name, drawings } = sign;
    const radio = element("input", { type: "radio", name: "sign", id: `sign-${id}`, "aria-label": `Draw ${name} next` });
    radio.checked = this.#lesson.chosen === sign;
    radio.addEventListener("change", () => this.#lesson.choose(id));
    const text = element("input", {
      type: "text",
      id: `name-${id}`,
      "aria-label": `Name of ${name}`,
      maxlength: String(MAX_NAME),
      value: name,
    });
    text.addEventListener("change", () => this.#lesson.rename(id, text.value.trim() || name));
    const remove = element(
      "button",
      { type: "button", class: "remove", id: `remove-${id}`, "aria-label": `Remove ${name}` },
      "Remove",
    );
    remove.addEventListener("click", () => this.#lesson.remove(id));
    const takes = drawings.map((drawing, take) => element("li", {}, this.#take(sign, drawing, take, mark(drawing))));
    const free = Array.from({ length: Math.max(0, TAKES - drawings.length) }, () => element("li", { class: "free" }));
    const list = element(
      "ol",
      { class: "takes", "aria-label": `${drawings.length} of ${TAKES} drawings of ${name}` },
      ...takes,
      ...free,
    );
    return element("li", { class: "sign" }, radio, text, list, remove);
  }

  #take({ id, name }: Sign, drawing: Uint8Array, take: number, isRight: boolean | undefined): HTMLElement {
    const verdict = isRight === undefined ? "" : isRight ? ", read right when left out" : ", misread when left out";
    const kind = isRight === undefined ? "" : isRight ? " right" : " wrong";
    const what = `Remove drawing ${take + 1} of ${name}${verdict}`;
    const button = element("button", {
      type: "button",
      class: `take${kind}`,
      id: `take-${id}-${take}`,
      "aria-label": what,
      title: what,
    });
    button.append(thumbnailOf(drawing));
    button.addEventListener("click", () => this.#lesson.drop(id, take));
    return button;
  }
}
