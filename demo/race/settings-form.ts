import { byId } from "../page/element.js";
import { DEFAULTS, type Sliders } from "./settings.js";

/** The sliders of the settings; `onChange` is called after every change. */
export class SettingsForm {
  readonly #form = byId("settings", HTMLFormElement);

  constructor(onChange: () => void) {
    for (const [name, value] of Object.entries(DEFAULTS)) this.#input(name).value = String(value);
    this.#showValues();
    this.#form.addEventListener("input", () => this.#showValues());
    this.#form.addEventListener("change", () => onChange());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
  }

  get values(): Sliders {
    const names = Object.keys(DEFAULTS) as (keyof Sliders)[];
    return Object.fromEntries(names.map((name) => [name, this.#input(name).valueAsNumber])) as unknown as Sliders;
  }

  /** Moves on to the next seed, after the last one to the first. */
  nextSeed(): void {
    const seed = this.#input("seed");
    seed.value = String(seed.value === seed.max ? seed.min : seed.valueAsNumber + 1);
    this.#showValues();
  }

  #input(name: string): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  #showValues(): void {
    for (const output of this.#form.querySelectorAll("output")) output.value = this.#input(output.htmlFor.value).value;
  }
}
