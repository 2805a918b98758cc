import { Membranes } from "../inside/membranes.js";
import { Raster } from "../inside/raster.js";
import { byId, element } from "../page/element.js";
import { Throttle } from "../page/throttle.js";
import type { Moment } from "./ear.js";

/** Milliseconds between two drawings of the figures. */
const FIGURES_EVERY = 120;
/** Words that stand on the page. */
const MAX_HEARD = 100;

/** The words that the network has heard, and its spikes and membranes. */
export class HearingView {
  readonly #figures = [new Raster(byId("raster", HTMLElement)), new Membranes(byId("membranes", HTMLElement))];
  readonly #answer = byId("answer", HTMLElement);
  readonly #detail = byId("detail", HTMLElement);
  readonly #heard = byId("heard", HTMLElement);
  readonly #inside = byId("inside", HTMLElement);
  readonly #looks = new Throttle(FIGURES_EVERY, () => this.#look());
  #moment: Moment | undefined;

  /** The answer as the page shows it. */
  get answer(): string {
    return `${this.#answer.textContent}. ${this.#detail.textContent}`;
  }

  show(moment: Moment): void {
    this.#moment = moment;
    const { best, detail } = answerOf(moment);
    this.#answer.textContent = best ?? "…";
    this.#answer.classList.toggle("tentative", !moment.isOver);
    this.#detail.textContent = detail;
    this.#inside.setAttribute("aria-busy", "true");
    this.#looks.soon();
  }

  /** Adds a word to those heard. */
  add(moment: Moment): void {
    this.#heard.append(element("li", {}, answerOf(moment).best ?? "?"));
    while (this.#heard.children.length > MAX_HEARD) this.#heard.firstElementChild?.remove();
  }

  #look(): void {
    if (this.#moment === undefined) return;
    const { answer, hearing, sound } = this.#moment;
    const activity = hearing.look(sound, answer);
    for (const figure of this.#figures) figure.show(activity, activity.steps - 1);
    this.#inside.setAttribute("aria-busy", "false");
  }
}

/** The name of the output with the most spikes, none while all are silent, and how clear that is. */
function answerOf({ answer: { byCount, counts }, hearing: { names }, isOver }: Moment): {
  best: string | undefined;
  detail: string;
} {
  const [, second] = Array.from(counts.keys()).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  if (byCount === undefined) return { best: undefined, detail: isOver ? "No output fires: no answer." : "Hearing …" };
  const next = second === undefined || counts[second] === 0 ? "" : `, next ${names[second]} with ${counts[second]}`;
  return {
    best: names[byCount],
    detail: `${isOver ? "" : "So far: "}${names[byCount]} with ${spikes(counts[byCount] ?? 0)}${next}.`,
  };
}

function spikes(count: number): string {
  return `${count} spike${count === 1 ? "" : "s"}`;
}
