import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FIGURES } from "../../site/figures/draw.mjs";
import { CHANGES } from "../../site/figures/two-activations.mjs";
import { ROOT } from "./guides.js";

it.each(Object.entries(FIGURES))("docs/figures/%s.svg is what site/figures draws", (name, svg) => {
  expect(readFileSync(join(ROOT, "docs/figures", `${name}.svg`), "utf8")).toBe(svg);
  expect(svg).toMatch(/aria-label="[^"]{40,}"/);
});

it("two activations of opposite sign change the loss as the timing gradient says, whose value is the slope between them", () => {
  const { activations, timing, slope, timingGradient } = CHANGES;
  expect(timingGradient / slope).toBeCloseTo(1, 5);
  expect(activations / timing).toBeGreaterThan(0.8);
  expect(activations / timing).toBeLessThan(1.25);
});
