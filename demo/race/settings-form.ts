import { byId } from "../page/element.js";
import { DEFAULTS, type Settings } from "./settings.js";

/** The controls of the settings; `onChange` gets the settings after every change. */
export class SettingsForm {
  readonly #form = byId("settings", HTMLFormElement);

  constructor(onChange: (settings: Settings) => void) {
    for (const [name, value] of Object.entries(DEFAULTS)) this.#input(name).value = String(value);
    this.#showValues();
    this.#form.addEventListener("input", () => this.#showValues());
    this.#form.addEventListener("change", () => onChange(this.settings));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
  }

  get settings(): Settings {
    const names = Object.keys(DEFAULTS) as (keyof Settings)[];
    return Object.fromEntries(names.map((name) => [name, this.#input(name).valueAsNumber])) as unknown as Settings;
  }

  #input(name: string): HTMLInputElement {
    return byId(name, HTMLInputElement);
  }

  #showValues(): void {
    for (const output of this.#form.querySelectorAll("output")) output.value = this.#input(output.htmlFor.value).value;
  }
}
