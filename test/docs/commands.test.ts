import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commandPage } from "./commands.js";

it("docs/reference/commands.md is what the commands say", async () => {
  await expect(await commandPage()).toMatchFileSnapshot(fileURLToPath(new URL("../../docs/reference/commands.md", import.meta.url)));
});
