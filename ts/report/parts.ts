import { type Content, html, Markup } from "./markup.js";

/** A figure of `spikelet/plot` with a caption. */
export function figure(svg: string, caption: Content): Markup {
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>\n`;
}

/** Figures side by side where there is room. */
export function gallery(figures: readonly Markup[]): Markup {
  return html`<div class="gallery">${figures}</div>\n`;
}

/** Rows of as many cells as `head` has; the first cell names the row, the others are set as numbers. */
export function table(head: readonly Content[], rows: readonly (readonly Content[])[]): Markup {
  const headings = head.map((cell) => (cell === "" ? html`<td></td>` : html`<th scope="col">${cell}</th>`));
  const lines = rows.map(([name, ...cells]) => {
    return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
  });
  // Where it is wider than the screen it is scrolled, also with the keyboard.
  const label = `table of ${head.filter((cell) => typeof cell === "string" && cell !== "").join(", ")}`;
  return html`<div class="table" tabindex="0" role="group" aria-label="${label}"><table><thead><tr>${headings}</tr></thead>
<tbody>${lines}</tbody></table></div>\n`;
}

/** Names with their values. */
export function facts(pairs: readonly (readonly [name: string, value: Content])[]): Markup {
  return html`<dl>${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>\n`;
}

/** Long text, folded away under a line; like a table it is scrolled also with the keyboard. */
export function folded(summary: string, text: string): Markup {
  const pre = html`<pre tabindex="0" role="group" aria-label="${summary}">${text}</pre>`;
  return html`<details><summary>${summary}</summary>${pre}</details>\n`;
}
