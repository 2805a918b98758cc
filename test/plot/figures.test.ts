import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { figures } from "../../examples/figures.mjs";

const DOCS = fileURLToPath(new URL("../../docs/figures/", import.meta.url));

describe("the figures of examples/figures.mjs", () => {
  it.each(Object.entries(figures))("%s is that of the guide", async (name, svg) => {
    await expect(svg).toMatchFileSnapshot(`${DOCS}${name}.svg`);
  });

  it.each(Object.entries(figures))("%s stands alone, has a description and no colour of ground or text", (_, svg) => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-label="[^"]{20,}"/);
    expect(svg).not.toMatch(/\b(id|href|src|background)=|url\(|NaN|undefined|white|black/);
    expect(svg).toContain('fill="currentColor"');
  });
});
