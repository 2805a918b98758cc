import { escaped } from "../escaped.js";

/** HTML that stands in a page as it is; everything else is text and gets escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between tags; `undefined` is nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** Markup around contents: `` html`<p>${text}</p>` ``. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(strings.reduce((text, part, k) => text + textOf(contents[k - 1]) + part));
}

/** Text in which what stands between backticks is code. */
export function withCode(text: string): Content {
  return text.split("`").map((part, k) => (k % 2 === 1 ? html`<code>${part}</code>` : part));
}

function textOf(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (content === undefined) return "";
  if (typeof content === "object") return content.map(textOf).join("");
  return escaped(String(content));
}
