import { byId } from "../page/element.js";
import type { Contestant } from "./race.js";
import { RULES, type RuleType } from "./rules.js";

/** The card of each rule with its last figures; the page shows the inside of the network whose card is chosen. */
export class Scoreboard {
  readonly #cards = byId("rules", HTMLFieldSetElement);

  constructor(onChoice: (rule: RuleType) => void) {
    this.#cards.addEventListener("change", () => onChoice(this.chosen));
  }

  /** The rule whose network is looked into; a browser may remember the choice of an earlier visit. */
  get chosen(): RuleType {
    const { value } = this.#cards.querySelector<HTMLInputElement>("input:checked") ?? {};
    return RULES.find(({ type }) => type === value)?.type ?? "antlr";
  }

  show(contestants: readonly Contestant[]): void {
    for (const { rule, points } of contestants) {
      const last = points.at(-1);
      const [accuracy, rest] = byId(`${rule.type}-figures`, HTMLElement).children;
      if (last === undefined || !accuracy || !rest) continue;
      accuracy.textContent = `${(100 * last.accuracy).toFixed(1)} %`;
      rest.textContent =
        last.spikes < 0.5
          ? "silent so far"
          : `${last.spikes.toFixed(0)} spikes per digit, decides at step ${last.decisionStep.toFixed(0)}`;
    }
  }
}
