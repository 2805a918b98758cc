import { byId, element } from "../page/element.js";
import type { Snapshot } from "./learner.js";
import { SIDE } from "./problem.js";
import type { Sight } from "./sight.js";
import { classSign } from "./words.js";

/** What is drawn, as tables; they are kept up to date while they are open. */
export class Tables {
  readonly #details = byId("tables", HTMLDetailsElement);
  readonly #classes = byId("class-rows", HTMLElement);
  readonly #units = byId("unit-rows", HTMLElement);
  #snapshot: Snapshot | undefined;
  #shares: Float32Array = new Float32Array();
  #sight: Sight | undefined;

  constructor() {
    this.#details.addEventListener("toggle", () => this.#show());
  }

  /** @param shares of the classes at each place of the map. */
  show(snapshot: Snapshot, shares: Float32Array, sight: Sight | undefined): void {
    this.#snapshot = snapshot;
    this.#shares = shares;
    this.#sight = sight;
    this.#show();
  }

  #show(): void {
    if (!this.#details.open || this.#snapshot === undefined) return;
    const { classes, learnt } = this.#snapshot.lesson.problem;
    const places = decided(this.#shares, classes);
    const rows = places.map((count, k) => {
      const points = learnt.filter(({ label }) => label === k).length;
      return row(`${k + 1} (${classSign(k)})`, [`${((100 * count) / SIDE ** 2).toFixed(0)} %`, String(points)]);
    });
    this.#classes.replaceChildren(...rows);
    const sight = this.#sight;
    if (sight === undefined) return;
    const { parameters } = this.#snapshot;
    const units = parameters.flatMap(({ biases }, layer) =>
      Array.from(biases, (_, unit) => {
        const steps = sight.layers[layer + 1]?.of(unit) ?? [];
        const name = layer === parameters.length - 1 ? `Output ${unit + 1}` : `Hidden ${layer + 1}, unit ${unit + 1}`;
        return row(name, [String(steps.length), steps.length > 0 ? steps.join(", ") : "none"]);
      }),
    );
    this.#units.replaceChildren(...units);
  }
}

/** Places of the map that each class has. */
function decided(shares: Float32Array, classes: number): number[] {
  const places = new Array<number>(classes).fill(0);
  for (let place = 0; place < SIDE ** 2; place++) {
    const own = shares.subarray(place * classes, (place + 1) * classes);
    const best = own.indexOf(Math.max(...own));
    places[best] = (places[best] ?? 0) + 1;
  }
  return places;
}

function row(name: string, cells: readonly string[]): HTMLTableRowElement {
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, cell)));
}
