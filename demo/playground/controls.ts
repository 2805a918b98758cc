import { byId } from "../page/element.js";
import { fitting } from "./address.js";
import { shown } from "./form.js";
import { FIELDS, type FieldName, LOSSES, type Settings } from "./settings.js";

const NAMES = Object.keys(FIELDS) as FieldName[];

/** The form of the settings. */
export class Controls {
  readonly #form = byId("configuration", HTMLFormElement);
  #settings: Settings;

  /** @param changed called with the settings that a visitor has made, and with what had to change along with them. */
  constructor(settings: Settings, changed: (settings: Settings, sentence: string) => void) {
    this.#settings = settings;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", () => this.#showNumbers());
    this.#form.addEventListener("change", () => {
      const { settings, sentence } = this.#read();
      this.show(settings);
      changed(settings, sentence);
    });
    this.show(settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    for (const name of NAMES) this.#control(name).value = String(settings[name]);
    const losses = LOSSES[settings.rule];
    for (const option of this.#select("loss").options) option.disabled = !losses.some((loss) => loss === option.value);
    for (const name of ["points", "noise"] as const) this.#control(name).disabled = settings.data === "drawn";
    this.#showNumbers();
  }

  #read(): { settings: Settings; sentence: string } {
    const settings = { ...this.#settings };
    for (const name of NAMES) {
      const field = FIELDS[name];
      const { value } = this.#control(name);
      Object.assign(settings, { [name]: field.kind === "choice" ? value : fitting(field, Number(value)) });
    }
    const [best = settings.loss, ...others] = LOSSES[settings.rule];
    if ([best, ...others].includes(settings.loss)) return { settings, sentence: "" };
    const name = (of: "rule" | "loss", word: string) => {
      const field = FIELDS[of];
      return field.kind === "choice" ? (field.options[word] ?? word) : word;
    };
    const sentence = `${name("rule", settings.rule)} has no gradient for the loss “${name("loss", settings.loss)}”: it is “${name("loss", best)}” now.`;
    return { settings: { ...settings, loss: best }, sentence };
  }

  #showNumbers(): void {
    for (const name of NAMES) {
      const control = this.#control(name);
      if (!(control instanceof HTMLInputElement)) continue;
      const text = shown(name, Number(control.value));
      const output = control.parentElement?.querySelector("output");
      if (output) output.value = text;
      control.setAttribute("aria-valuetext", text);
    }
  }

  #control(name: FieldName): HTMLInputElement | HTMLSelectElement {
    const found = this.#form.elements.namedItem(name);
    if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
    throw new Error(`the form has no ${name}`);
  }

  #select(name: FieldName): HTMLSelectElement {
    return this.#control(name) as HTMLSelectElement;
  }
}
