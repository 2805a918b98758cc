import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, restoreTrainer } from "spikelet";
import { expect, it } from "vitest";
import { shortRun } from "../support/short-run.js";
import { spikelet } from "../support/spawn-cli.js";

const rows = (dir: string) => readFileSync(join(dir, "history.csv"), "utf8").trim().split("\n").length - 1;

it("spikelet train --stop-after-no-improvement ends early, and goes on when it is given more epochs", async () => {
  const { config, folder } = await shortRun({ epochs: 9 });
  const out = folder("stopped");
  const still = ["--set", "optimizer.type=sgd", "--set", "optimizer.learningRate=1e-30", "--set", "training.bestBy=loss"];
  const train = await spikelet(["train", "--config", config, ...still, "--stop-after-no-improvement", "2", "--out", out]);
  expect(train).toMatchObject({ code: 0 });
  expect(train.stderr).toContain("ended after epoch 3: the weights are those of epoch 1, the last improvement");
  expect(rows(out)).toBe(3);
  const more = await spikelet(["train", "--resume", "--out", out, "--set", "training.epochs=12"]);
  expect(more).toMatchObject({ code: 0 });
  expect(rows(out)).toBe(5);
  const wrong = await spikelet(["train", "--config", config, "--stop-after-no-improvement", "0", "--out", folder("wrong")]);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("--stop-after-no-improvement must be a whole number from 1");
});

it("spikelet train --from keeps all but the last layer, as another run", async () => {
  const { config, folder } = await shortRun({ epochs: 1 });
  const [first, second] = [folder("first"), folder("second")];
  expect(await spikelet(["train", "--config", config, "--out", first])).toMatchObject({ code: 0 });
  const from = join(first, "last.safetensors");
  const frozen = ["--set", "training.frozen[0]=layers.0"];
  const tuned = await spikelet(["train", "--from", from, "--outputs", "4", ...frozen, "--out", second]);
  expect(tuned).toMatchObject({ code: 0 });
  using before = await restoreTrainer(await load(from));
  using after = await restoreTrainer(await load(join(second, "last.safetensors")));
  const [[kept], [given]] = [await after.parameters(), await before.parameters()];
  expect(kept).toEqual(given);
  expect(after.info.layers[1]?.units).toBe(4);
  expect(JSON.parse(after.info.origin ?? "{}").run).not.toBe(JSON.parse(before.info.origin ?? "{}").run);
  const alone = await spikelet(["train", "--outputs", "4", "--out", folder("alone")]);
  expect(alone).toMatchObject({ code: 2 });
  expect(alone.stderr).toContain("--outputs needs --from");
});
