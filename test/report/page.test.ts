import { describe, expect, it } from "vitest";
import { html } from "../../ts/report/markup.js";
import { page } from "../../ts/report/page.js";
import { facts, figure, folded, gallery, table } from "../../ts/report/parts.js";

describe("markup", () => {
  it("escapes text, keeps markup, leaves out what is undefined and joins lists", () => {
    const row = html`<b>${'<&">'}</b>`;
    expect(row.text).toBe("<b>&lt;&amp;&quot;&gt;</b>");
    expect(html`<p title="${'"'}">${[row, 1, undefined, "a"]}</p>`.text).toBe(`<p title="&quot;">${row.text}1a</p>`);
  });
});

describe("a page", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
  const text = page({
    title: "Runs <3",
    lead: html`<p>lead</p>`,
    sections: [
      { title: "A & B", content: [facts([["seed", 1]]), table(["layer", "units"], [["hidden", 40]])] },
      { title: "Figures", content: [gallery([figure(svg, "a caption")]), folded("all of it", '{ "a": 1 }')] },
    ],
  });

  it("holds its sections, escaped where they are text", () => {
    expect(text).toContain("<title>Runs &lt;3</title>");
    expect(text).toContain("<h2>A &amp; B</h2>");
    expect(text).toContain('<th scope="row">hidden</th><td>40</td>');
    expect(text).toContain("<dt>seed</dt><dd>1</dd>");
    expect(text).toContain(`${svg}<figcaption>a caption</figcaption>`);
    expect(text).toContain(">{ &quot;a&quot;: 1 }</pre>");
  });

  it("can be scrolled with the keyboard where a part is wider than the screen", () => {
    expect(text).toContain('<div class="table" tabindex="0" role="group" aria-label="table of layer, units">');
    expect(text).toContain('<pre tabindex="0" role="group" aria-label="all of it">');
  });

  it("needs nothing beside itself", () => {
    expect(text.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|<script|<link|src=|@import|url\(/);
  });
});
