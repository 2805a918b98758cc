import { byId } from "../page/element.js";
import { Curves } from "./curves.js";
import { Numbers } from "./numbers.js";
import type { Race } from "./race.js";
import type { RuleType } from "./rules.js";
import { Scoreboard } from "./scoreboard.js";

/** Cards, curves and table of a race. */
export class RaceView {
  readonly #scoreboard: Scoreboard;
  readonly #numbers = new Numbers();
  readonly #accuracy = new Curves(byId("accuracy", HTMLElement), {
    of: ({ accuracy }) => 100 * accuracy,
    unit: " %",
    range: (values) => [values.length === 0 ? 0 : 20 * Math.floor(Math.min(80, ...values) / 20), 100],
  });
  readonly #spikes = new Curves(byId("spikes", HTMLElement), {
    of: ({ spikes }) => spikes,
    unit: "",
    range: (values) => [0, 100 * Math.ceil(Math.max(100, ...values) / 100)],
  });
  #drawn: { race: Race; epochs: string } | undefined;

  constructor(onChoice: (rule: RuleType) => void) {
    this.#scoreboard = new Scoreboard(onChoice);
  }

  /** The rule whose network is looked into. */
  get chosen(): RuleType {
    return this.#scoreboard.chosen;
  }

  /** Draws unless nothing has changed since. */
  show(race: Race): void {
    const { contestants } = race;
    const epochs = [race.epochs, ...contestants.map(({ points }) => points.length)].join();
    if (race === this.#drawn?.race && epochs === this.#drawn.epochs) return;
    this.#drawn = { race, epochs };
    this.#scoreboard.show(contestants);
    this.#accuracy.show(race);
    this.#spikes.show(race);
    this.#numbers.show(contestants);
  }
}
