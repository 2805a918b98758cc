import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import { type Lesson, MAX_SIGNS } from "./lesson.js";
import { type Mark, SignItem } from "./sign-item.js";

/** The symbols with their drawings, to choose, rename and remove. */
export class SignsList {
  readonly #lesson: Lesson;
  readonly #list = byId("signs", HTMLElement);
  readonly #add = byId("add", HTMLButtonElement);
  #items: ReadonlyMap<number, SignItem> = new Map();

  constructor(lesson: Lesson) {
    this.#lesson = lesson;
    onPress(this.#add, () => lesson.add());
  }

  /** Shows what has changed; the focus stays where it was, or goes to the button below the list where that is gone. */
  show(mark: Mark): void {
    const { signs, chosen } = this.#lesson;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const before = this.#items;
    this.#items = new Map(signs.map(({ id }) => [id, before.get(id) ?? new SignItem(this.#lesson, id)]));
    for (const sign of signs) this.#items.get(sign.id)?.show(sign, sign === chosen, mark);
    if (String([...this.#items.keys()]) !== String([...before.keys()])) {
      this.#list.replaceChildren(...Array.from(this.#items.values(), (item) => item.element));
    }
    enable(this.#add, signs.length < MAX_SIGNS);
    if (focused !== undefined && document.activeElement?.id !== focused) {
      (document.getElementById(focused) ?? this.#add).focus();
    }
  }
}
