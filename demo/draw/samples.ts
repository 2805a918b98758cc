import type { SpikeDataset } from "spikelet";
import type { Digit } from "../inside/insight.js";
import { byId, element } from "../page/element.js";
import { SIDE } from "../race/digits.js";
import { thumbnailOf } from "./thumbnail.js";

/** One digit of each class to choose from. */
export class Samples {
  readonly #data: SpikeDataset;
  readonly #box = byId("samples", HTMLElement);
  #round = 0;
  #choices: Digit[] = [];

  constructor(data: SpikeDataset, onChoice: (sample: Digit) => void) {
    this.#data = data;
    this.#box.addEventListener("change", ({ target }) => {
      const sample = target instanceof HTMLInputElement ? this.#choices[Number(target.value)] : undefined;
      if (sample !== undefined) onChoice(sample);
    });
    byId("more", HTMLButtonElement).addEventListener("click", () => this.#showNext());
    this.#showNext();
  }

  /** Marks a digit as chosen. */
  choose(index: number): Digit | undefined {
    for (const input of this.#box.querySelectorAll("input")) input.checked = input.value === String(index);
    return this.#choices[index];
  }

  /** Marks none as chosen. */
  clearChoice(): void {
    this.choose(-1);
  }

  #showNext(): void {
    const labels = this.#data.labels ?? new Uint32Array();
    this.#choices = Array.from({ length: 10 }, (_, digit) => {
      const own = Array.from(labels.keys()).filter((index) => labels[index] === digit);
      const image = this.#data.image(own[this.#round % own.length] ?? 0) ?? new Float32Array(SIDE * SIDE);
      return { label: digit, pixels: Uint8Array.from(image, (value) => Math.round(255 * value)) };
    });
    this.#round += 1;
    this.#box.replaceChildren(...this.#choices.map(choice));
  }
}

function choice({ pixels, label }: Digit, index: number): HTMLElement {
  const canvas = thumbnailOf(pixels);
  const input = element("input", { type: "radio", name: "sample", value: String(index), "aria-label": `a ${label}` });
  return element("label", { class: "sample" }, input, canvas);
}
