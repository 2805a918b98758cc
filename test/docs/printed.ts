import { expect } from "vitest";
import type { Guide } from "./guides.js";

/** Pages whose program ends in what a reader hopes for: nine of ten samples that it has not seen are right. */
const LEARNS = new Set([
  "README.md",
  "site/home.md",
  "docs/learn/getting-started.md",
  "docs/guides/convolutional-networks.md",
  "docs/guides/signals.md",
  "docs/learn/your-data.md",
  "docs/learn/coming-from-snntorch.md",
]);

/** What programs of pages say of themselves, with the least number that must stand in each place. */
const PROMISES: Readonly<Record<string, readonly { says: RegExp; atLeast: number }[]>> = {
  "docs/guides/encoders-losses-rules.md": [
    { says: /^teacher (\S+)/m, atLeast: 0.8 },
    { says: /student (\S+)$/m, atLeast: 0.8 },
  ],
  "docs/guides/streams.md": [
    { says: /^(\d+) of 60 gestures$/m, atLeast: 57 },
    { says: /^(\d+) of 60 whistles$/m, atLeast: 57 },
  ],
};

/** Checks what the program of a page printed: something, and what the page promises. */
export function expectPromised({ path }: Guide, printed: string): void {
  expect(printed).not.toBe("");
  expect(printed).not.toMatch(/\b(undefined|NaN|false)\b/);
  const accuracy = Number(/^accuracy (\S+)/m.exec(printed)?.[1]);
  if (LEARNS.has(path)) expect(accuracy).toBeGreaterThanOrEqual(0.9);
  else expect(accuracy).toBeNaN();
  for (const { says, atLeast } of PROMISES[path] ?? []) {
    expect(Number(says.exec(printed)?.[1])).toBeGreaterThanOrEqual(atLeast);
  }
}
