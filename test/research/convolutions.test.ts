import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { made, PAGE } from "../../research/pages/convolutions.js";
import { ROOT } from "../docs/guides.js";

it("the table of accuracies in the guide on convolutional networks is made of the records", async () => {
  const page = readFileSync(join(ROOT, PAGE), "utf8");
  const { text } = await made(page);
  expect(text).toBe(page);
  expect(text).toContain("| MNIST | 12C5-MP2-64C5-MP2-10 |");
});
