import { byId } from "../page/element.js";
import { COURSES, type CourseType } from "./courses.js";

/** The courses to choose from; `onChange` is called after every choice. */
export class CourseChoice {
  readonly #box = byId("courses", HTMLFieldSetElement);

  constructor(onChange: () => void) {
    this.#box.addEventListener("change", onChange);
  }

  get chosen(): CourseType {
    const { value } = this.#box.querySelector<HTMLInputElement>("input:checked") ?? {};
    return COURSES.find((type) => type === value) ?? COURSES[0];
  }
}
