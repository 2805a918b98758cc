import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { put } from "../../research/pages/made-page.js";
import { currentPage, PAGE } from "../../scripts/configuration-page.mjs";
import { wrapped } from "../../scripts/wrap.mjs";
import { combinations } from "./combinations.js";
import { commandPage } from "./commands.js";

it("docs/reference/commands.md is what the commands say", async () => {
  await expect(wrapped(await commandPage())).toMatchFileSnapshot(
    fileURLToPath(new URL("../../docs/reference/commands.md", import.meta.url)),
  );
});

it("docs/guides/encoders-losses-rules.md lists what the library takes and refuses", async () => {
  const guide = fileURLToPath(new URL("../../docs/guides/encoders-losses-rules.md", import.meta.url));
  const renewed = put(readFileSync(guide, "utf8"), "combinations", await combinations());
  await expect(wrapped(renewed)).toMatchFileSnapshot(guide);
});

it("docs/reference/configuration.md is what the schema says", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(currentPage());
});
