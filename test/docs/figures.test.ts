import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FIGURES } from "../../site/figures/draw.mjs";
import { ROOT } from "./guides.js";

it.each(Object.entries(FIGURES))("docs/figures/%s.svg is what site/figures draws", (name, svg) => {
  expect(readFileSync(join(ROOT, "docs/figures", `${name}.svg`), "utf8")).toBe(svg);
  expect(svg).toMatch(/aria-label="[^"]{40,}"/);
});
