import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import type { Lesson } from "./lesson.js";
import { type OutputView, SignItem, type SignView } from "./sign-item.js";

/** The symbols with their drawings, to teach, rename and remove. */
export class SignsList {
  readonly #lesson: Lesson;
  readonly #onTeach: (id: number) => void;
  readonly #list = byId("signs", HTMLElement);
  readonly #add = byId("add", HTMLButtonElement);
  readonly #from = byId("add-from", HTMLElement);
  #items: ReadonlyMap<number, SignItem> = new Map();

  /** @param onTeach called with the symbol that the pad is to be used for; without one for a new symbol. */
  constructor(lesson: Lesson, onTeach: (id?: number) => void) {
    this.#lesson = lesson;
    this.#onTeach = onTeach;
    for (const placeholder of this.#list.querySelectorAll(".placeholder")) placeholder.remove();
    onPress(this.#add, () => onTeach());
  }

  /** Says whether a new symbol begins with the drawing on the pad. */
  offer(isOffered: boolean): void {
    this.#from.textContent = isOffered ? "from this drawing" : "and then draw it";
  }

  /** Shows what has changed; the focus stays where it was, or goes to the button for a new symbol where that is gone. */
  show(viewOf: (id: number) => SignView): void {
    const { signs } = this.#lesson;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const before = this.#items;
    this.#items = new Map(signs.map(({ id }) => [id, before.get(id) ?? new SignItem(this.#lesson, id, this.#onTeach)]));
    for (const sign of signs) this.#items.get(sign.id)?.show(sign, viewOf(sign.id));
    for (const [id, item] of before) if (!this.#items.has(id)) item.element.remove();
    // What stays where it is keeps the focus.
    let next = this.#add.parentElement;
    for (const { element } of [...this.#items.values()].reverse()) {
      if (element.nextElementSibling !== next) next?.before(element);
      next = element;
    }
    enable(this.#add, this.#lesson.canAdd);
    if (focused !== undefined && document.activeElement?.id !== focused) {
      (document.getElementById(focused) ?? this.#add).focus();
    }
  }

  /** Shows what the output of each symbol did; nothing of it where nothing was read. */
  light(outputOf: (id: number) => OutputView | undefined): void {
    for (const [id, item] of this.#items) item.light(outputOf(id));
  }
}
