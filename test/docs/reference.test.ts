import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { currentPage, PAGE } from "../../scripts/configuration-page.mjs";
import { wrapped } from "../../scripts/wrap.mjs";
import { combinationsPage } from "./combinations.js";
import { commandPage } from "./commands.js";

it("docs/reference/commands.md is what the commands say", async () => {
  await expect(wrapped(await commandPage())).toMatchFileSnapshot(
    fileURLToPath(new URL("../../docs/reference/commands.md", import.meta.url)),
  );
});

it("docs/reference/combinations.md is what the library takes and refuses", async () => {
  await expect(wrapped(await combinationsPage())).toMatchFileSnapshot(
    fileURLToPath(new URL("../../docs/reference/combinations.md", import.meta.url)),
  );
});

it("docs/reference/configuration.md is what the schema says", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(currentPage());
});
