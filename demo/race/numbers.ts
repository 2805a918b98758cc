import { byId, element } from "../page/element.js";
import type { Contestant } from "./race.js";
import { RULES } from "./rules.js";

/** The curves as a table, for those who would rather read. */
export class Numbers {
  readonly #rows = byId("numbers", HTMLTableSectionElement);

  constructor() {
    const names = RULES.map(({ name }) => element("th", { scope: "col", colspan: "2" }, name));
    const units = RULES.flatMap(() => [element("th", { scope: "col" }, "%"), element("th", { scope: "col" }, "spikes")]);
    byId("numbers-head", HTMLTableSectionElement).append(
      element("tr", {}, element("th", { scope: "col", rowspan: "2" }, "Epoch"), ...names),
      element("tr", {}, ...units),
    );
  }

  show(contestants: readonly Contestant[]): void {
    const epochs = Math.min(...contestants.map(({ points }) => points.length));
    if (epochs < this.#rows.rows.length) this.#rows.replaceChildren();
    for (let epoch = this.#rows.rows.length; epoch < epochs; epoch++) {
      const cells = contestants.flatMap(({ points }) => {
        const { accuracy = 0, spikes = 0 } = points[epoch] ?? {};
        return [element("td", {}, (100 * accuracy).toFixed(1)), element("td", {}, spikes.toFixed(0))];
      });
      this.#rows.append(element("tr", {}, element("th", { scope: "row" }, String(epoch)), ...cells));
    }
  }
}
