import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FIGURES } from "../../site/figures/draw.mjs";
import { kernelRows } from "../../site/figures/kernels.mjs";
import { CHANGES } from "../../site/figures/two-activations.mjs";
import { ROOT } from "./guides.js";

it.each(Object.entries(FIGURES))("docs/figures/%s.svg is what site/figures draws", (name, svg) => {
  expect(readFileSync(join(ROOT, "docs/figures", `${name}.svg`), "utf8")).toBe(svg);
  expect(svg).toMatch(/aria-label="[^"]{40,}"/);
});

it("no figure is so wide that a telephone makes its words too small to read", () => {
  const folder = join(ROOT, "docs/figures");
  const widths = readdirSync(folder)
    .filter((name) => name.endsWith(".svg"))
    .map((name) => [name, Number(/<svg [^>]*? width="(\d+)"/.exec(readFileSync(join(folder, name), "utf8"))?.[1])] as const);
  expect(widths.length).toBeGreaterThan(20);
  expect(widths.filter(([, width]) => !(width <= 480))).toEqual([]);
});

it("two activations of opposite sign change the loss as the timing gradient says, whose value is the slope between them", () => {
  const { activations, timing, slope, timingGradient } = CHANGES;
  expect(timingGradient / slope).toBeCloseTo(1, 5);
  expect(activations / timing).toBeGreaterThan(0.8);
  expect(activations / timing).toBeLessThan(1.25);
});

it("the table of kernels has what the records say", () => {
  const page = readFileSync(join(ROOT, "docs/results/performance.md"), "utf8");
  expect(kernelRows.length).toBeGreaterThan(20);
  expect(page).toContain(kernelRows.join("\n"));
});
