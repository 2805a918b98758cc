import { byId, element } from "../page/element.js";
import { sentenceOf, type Verdict } from "./verdict.js";

/** What the network answers, beside the pad. */
export class Answer {
  readonly #box = byId("answer", HTMLElement);

  get text(): string {
    return this.#box.textContent ?? "";
  }

  /** Whether a stroke or a lesson is under way that may change the answer. */
  set isBusy(isBusy: boolean) {
    this.#box.setAttribute("aria-busy", String(isBusy));
  }

  /** Shows a verdict; `names` are those of the outputs. */
  show(verdict: Verdict, names: readonly string[]): void {
    this.#put(verdict.isSure ? "sure" : "unsure", ...sentenceOf(verdict, names));
  }

  /** Says something else. */
  say(sentence: string): void {
    this.#put("none", "", sentence);
  }

  #put(kind: "sure" | "unsure" | "none", head: string, rest: string): void {
    this.#box.dataset["kind"] = kind;
    const parts = head === "" ? [] : [element("strong", {}, head), " "];
    this.#box.replaceChildren(...parts, element("span", {}, rest));
  }
}
