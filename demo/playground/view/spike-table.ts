import { element } from "../../page/element.js";
import type { Wish } from "../wishes.js";

/** The gradients of every spike of a unit, a row each. */
export function showSpikes(body: HTMLElement, wishes: readonly Wish[]): void {
  const rows = wishes
    .filter(({ isSpike }) => isSpike)
    .map((wish) => {
      const { membrane, slope, spikeGradient, step, timingGradient, activationPart, timingPart } = wish;
      const numbers = [membrane, slope, spikeGradient, timingGradient, activationPart, timingPart];
      const cells = numbers.map((value) => element("td", {}, brief(value)));
      return element("tr", {}, element("th", { scope: "row" }, String(step)), ...cells, element("td", {}, wordsOf(wish)));
    });
  const nothing = element("tr", {}, element("td", { colspan: "8" }, "It does not fire for this point."));
  body.replaceChildren(...(rows.length > 0 ? rows : [nothing]));
}

/** What the rule asks of a spike. */
function wordsOf({ activationPart, later }: Wish): string {
  const time = later === 0 ? [] : [later < 0 ? "earlier" : "later"];
  const membrane = activationPart === 0 ? [] : [activationPart > 0 ? "weaker" : "stronger"];
  return [...time, ...membrane].join(", ") || "nothing";
}

function brief(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) < 0.001 ? value.toExponential(1) : value.toPrecision(3);
}
