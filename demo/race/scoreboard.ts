import { byId, element } from "../page/element.js";
import { sign, svg } from "../page/svg.js";
import type { Contestant } from "./race.js";
import { RULES, type Rule, type RuleType } from "./rules.js";

/** A card for each rule with its last figures; the one that is chosen is looked into. */
export class Scoreboard {
  readonly #figures = new Map<RuleType, { accuracy: HTMLElement; rest: HTMLElement }>();

  constructor(onChoice: (rule: RuleType) => void, chosen: RuleType) {
    const fieldset = byId("rules", HTMLFieldSetElement);
    for (const rule of RULES) fieldset.append(this.#card(rule, rule.type === chosen));
    fieldset.addEventListener("change", ({ target }) => {
      const rule = RULES.find(({ type }) => target instanceof HTMLInputElement && type === target.value);
      if (rule !== undefined) onChoice(rule.type);
    });
  }

  show(contestants: readonly Contestant[]): void {
    for (const { rule, points } of contestants) {
      const figures = this.#figures.get(rule.type);
      const last = points.at(-1);
      if (figures === undefined || last === undefined) continue;
      figures.accuracy.textContent = `${(100 * last.accuracy).toFixed(1)} %`;
      figures.rest.textContent =
        last.spikes < 0.5
          ? "silent so far"
          : `${last.spikes.toFixed(0)} spikes per digit, decides at step ${last.decisionStep.toFixed(0)}`;
    }
  }

  #card({ type, name, mark, idea }: Rule, isChosen: boolean): HTMLElement {
    const accuracy = element("span", { class: "accuracy" }, "–");
    const rest = element("span", { class: "rest" });
    this.#figures.set(type, { accuracy, rest });
    const ids = { name: `${type}-name`, idea: `${type}-idea`, figures: `${type}-figures` };
    const input = element("input", {
      type: "radio",
      name: "rule",
      value: type,
      "aria-labelledby": ids.name,
      "aria-describedby": `${ids.idea} ${ids.figures}`,
    });
    input.checked = isChosen;
    const icon = svg(
      "svg",
      { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" },
      svg("path", { d: sign(mark, 8, 8, 5) }),
    );
    return element(
      "label",
      { class: `card rule-${type}` },
      input,
      element("span", { class: "name" }, icon, element("span", { id: ids.name }, name)),
      element("span", { class: "idea", id: ids.idea }, idea),
      element("span", { class: "figures", id: ids.figures }, accuracy, rest),
    );
  }
}
