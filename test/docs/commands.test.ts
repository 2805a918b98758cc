import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commandPage } from "./commands.js";

it("docs/commands.md is what the commands say", async () => {
  await expect(await commandPage()).toMatchFileSnapshot(fileURLToPath(new URL("../../docs/commands.md", import.meta.url)));
});
