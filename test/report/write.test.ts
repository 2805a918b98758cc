import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetwork } from "spikelet";
import { expect, it } from "vitest";
import { dataSource } from "../../ts/cli/data.js";
import { writeResultPage } from "../../ts/cli/report/write.js";
import { openOutput } from "../../ts/cli/train/output.js";
import { tinyConfig, tinyData } from "../support/learning.js";

it("a page is not written into a folder that was taken over while its network answered", async () => {
  using network = await createNetwork(tinyConfig);
  const samples = tinyData(2);
  const metrics = await network.evaluate(samples);
  using output = await openOutput(await mkdtemp(join(tmpdir(), "spikelet-")));
  const told = { title: "Taken over", part: "test", metrics, warnings: [], epochs: [], facts: [], data: dataSource({}) };
  const how = { network, samples, onProgress: () => rmSync(join(output.files.dir, ".lock"), { recursive: true, force: true }) };
  await expect(writeResultPage(output, told, how)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
  expect(existsSync(output.files.page)).toBe(false);
});
