import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pictures } from "../../examples/pictures.mjs";

const DOCS = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));

describe("the pictures of examples/pictures.mjs", () => {
  it.each(Object.entries(pictures))("%s is that of the guide", async (name, svg) => {
    await expect(svg).toMatchFileSnapshot(`${DOCS}${name}.svg`);
  });

  it.each(Object.entries(pictures))("%s stands alone, has a description and no colour of ground or text", (_, svg) => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-label="[^"]{20,}"/);
    expect(svg).not.toMatch(/\b(id|href|src|background)=|url\(|NaN|undefined|white|black/);
    expect(svg).toContain('fill="currentColor"');
  });
});
