import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { spikelet } from "../support/spawn-cli.js";
import { npyOf } from "../support/zip.js";

const EPOCHS = 2;
const PACK = ["data", "pack", "yinYang", "--set", "options.samples=1200"];

describe("spikelet data pack", () => {
  let run: Awaited<ReturnType<typeof shortRun>>;
  let dir = "";

  beforeAll(async () => {
    run = await shortRun({ epochs: EPOCHS });
    dir = run.folder("shards");
    const packed = await spikelet([...PACK, "--out", dir, "--samples-per-shard", "500", "--json"]);
    expect(packed).toMatchObject({ code: 0, stderr: "" });
    expect(packed.json()).toMatchObject([{ dir, samples: 1200, shards: 3 }]);
  });

  it("makes a data set that trains as the one it was made of, and resumes", async () => {
    // A schedule that takes no notice of the number of epochs, so that one and one more are as two.
    const train = ["train", "--config", run.config, "--set", 'schedule={"type":"constant"}', "--out"];
    expect(await spikelet([...train, run.folder("memory")])).toMatchObject({ code: 0 });
    const { epochs, test } = outcomeOf(run.folder("memory"));
    const out = run.folder("from-shards");
    expect(await spikelet([...train, out, "--data", dir, "--set", "training.epochs=1"])).toMatchObject({ code: 0 });
    const resumed = await spikelet(["train", "--resume", "--out", out, "--set", `training.epochs=${EPOCHS}`]);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining("continuing after 1 epochs") });
    const found = outcomeOf(out);
    expect({ epochs: found.epochs, test: found.test }).toEqual({ epochs, test });
    const evaluated = (await spikelet(["evaluate", "--checkpoint", join(out, "best.safetensors"), "--json"])).json();
    expect(evaluated[0]).toMatchObject({ test });
  });

  it("is shown and verified, and damage is told", async () => {
    const [shown] = (await spikelet(["data", "show", "shards", "--dir", dir, "--json"])).json();
    const [original] = (await spikelet(["data", "show", "yinYang", "--set", "options.samples=1200", "--json"])).json();
    expect(shown).toMatchObject({ ...original, source: { dataset: "shards", dir } });
    const verify = ["data", "verify", "shards", "--dir", dir];
    expect(await spikelet(verify)).toMatchObject({ code: 0, stdout: "1,200 samples, as they were packed\n" });
    const file = join(dir, "shard-00001.spk");
    const bytes = await readFile(file);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await spikelet(verify)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/shard-00001\.spk.*CHECKSUM_MISMATCH/),
    });
    const resumed = await spikelet(["train", "--resume", "--out", run.folder("from-shards"), "--set", "training.epochs=20"]);
    expect(resumed).toMatchObject({ code: 1, stderr: expect.stringMatching(/shard-00001\.spk.*CHECKSUM_MISMATCH/) });
    expect(await spikelet(["data", "verify", "shards"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--dir") });
  });

  it("never replaces shards, and says what it needs", async () => {
    expect(await spikelet([...PACK, "--out", dir])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("holds shards already"),
    });
    expect(await spikelet(PACK)).toMatchObject({ code: 2, stderr: expect.stringContaining("--out") });
    expect(await spikelet([...PACK, "--out", run.folder("none"), "--samples-per-shard", "0"])).toMatchObject({ code: 2 });
    const other = await spikelet(["train", "--data", run.folder("none"), "--dataset", "shards", "--out", run.folder("out")]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("shards.json: can't be read") });
  });

  it("joins the archives of a folder, in order of their names", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spikelet-npz-"));
    await mkdir(join(folder, "events"));
    for (const k of [0, 1, 2]) {
      const archive = zipSync({
        "t.npy": npyOf(Uint8Array.of(k, 2, 3 + k)),
        "units.npy": npyOf(Uint8Array.of(0, k, 1)),
        "offsets.npy": npyOf(Uint8Array.of(0, 1, 3)),
        "labels.npy": npyOf(Uint8Array.of(k, 0)),
      });
      await writeFile(join(folder, "events", `part-${k}.npz`), archive);
    }
    const out = join(folder, "shards");
    const packed = await spikelet(["data", "pack", "npz", "--dir", join(folder, "events"), "--out", out, "--json"]);
    expect(packed).toMatchObject({ code: 0 });
    expect(packed.json()).toMatchObject([{ samples: 6, shards: 1 }]);
    const show = ["data", "show", "shards", "--dir", out, "--sample", "5"];
    const [shown] = (await spikelet([...show, "--json"])).json();
    expect(shown).toMatchObject({
      samples: 6,
      shape: [],
      units: null,
      classes: [4, 1, 1],
      sample: { label: 0, spikes: 2, first: 2, last: 5 },
    });
    const { stdout } = await spikelet(show);
    expect(stdout).toMatch(/^npz: 6 samples of spikes without a shape, 3 classes/);
    expect(stdout).toMatch(/┐ unit 0\n│.*│\n└─+┘ unit 2\n/);
  });
});
