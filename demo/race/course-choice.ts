import { byId, element } from "../page/element.js";
import { COURSES, type CourseType } from "./courses.js";

/** The courses to choose from; `onChange` is called after every choice. */
export class CourseChoice {
  readonly #box = byId("courses", HTMLFieldSetElement);
  readonly #idea = byId("course-idea", HTMLElement);

  constructor(onChange: () => void) {
    for (const { name, type } of COURSES) {
      const input = element("input", { type: "radio", name: "course", value: type, autocomplete: "off" });
      input.checked = type === COURSES[0].type;
      this.#idea.before(element("label", { class: "course" }, input, name));
    }
    this.#box.addEventListener("change", () => {
      this.#show();
      onChange();
    });
    this.#show();
  }

  get chosen(): CourseType {
    return this.#course.type;
  }

  get #course() {
    const { value } = this.#box.querySelector<HTMLInputElement>("input:checked") ?? {};
    return COURSES.find(({ type }) => type === value) ?? COURSES[0];
  }

  #show(): void {
    this.#idea.textContent = this.#course.idea;
  }
}
