import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { spikelet } from "../support/spawn-cli.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/exchange/${name}`, import.meta.url));
const SMALL = ["network.input=4", "network.layers[0].units=3", "network.layers[1].units=2"].flatMap((set) => ["--set", set]);

describe("spikelet import and export", () => {
  let folder: string;
  const inFolder = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-exchange-"));
  });

  it("the authors' weights become a checkpoint, and that NIR, safetensors and NPZ", async () => {
    const checkpoint = inFolder("authors.safetensors");
    const imported = await spikelet([
      "import",
      fixture("authors.pt"),
      "--preset",
      "mnist",
      ...SMALL,
      "--out",
      checkpoint,
      "--json",
    ]);
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.json()).toEqual([{ file: checkpoint, network: expect.objectContaining({ input: 4, steps: 300 }) }]);
    for (const [name, start] of Object.entries({ "net.nir": "\x89HDF", "net.npz": "PK", "weights.safetensors": "" })) {
      const exported = await spikelet(["export", "--checkpoint", checkpoint, "--out", inFolder(name)]);
      expect(exported, exported.stderr).toMatchObject({
        code: 0,
        stderr: expect.not.stringContaining("names its data"),
        stdout: expect.stringContaining(`wrote ${inFolder(name)}`),
      });
      expect((await readFile(inFolder(name))).toString("latin1").startsWith(start)).toBe(true);
    }
    const back = await spikelet([
      "import",
      inFolder("net.nir"),
      "--steps",
      "40",
      "--out",
      inFolder("back.safetensors"),
      "--json",
    ]);
    expect(back.json()[0]).toMatchObject({ network: { steps: 40, neuron: { currentDecay: 0.99, reset: "membrane" } } });
    const weights = ["--preset", "digits", ...SMALL, "--names", "layers.0.weight,layers.1.weight"];
    const again = await spikelet(["import", inFolder("net.npz"), ...weights, "--out", inFolder("again.safetensors")]);
    expect(again, again.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("4 to 3, 3 to 2") });
  });

  it("the data of a configuration are not kept, which is said", async () => {
    const config = inFolder("with-data.json");
    const network = { input: 4, steps: 30, layers: [3, 2].map((units) => ({ type: "dense", units })) };
    await writeFile(config, JSON.stringify({ network, data: { dataset: "yinYang" } }));
    const args = ["import", fixture("authors.pt"), "--out", inFolder("dataless.safetensors")];
    const hint = expect.stringContaining("does not keep the data of the configuration");
    expect(await spikelet([...args, "--config", config])).toMatchObject({ code: 0, stderr: hint });
    await writeFile(config, JSON.stringify({ network }));
    expect(await spikelet([...args, "--config", config])).toMatchObject({ code: 0, stderr: expect.not.stringContaining("data") });
  });

  it("a readout of a NIR file gets a loss of membranes", async () => {
    const checkpoint = inFolder("readout.safetensors");
    const imported = await spikelet(["import", fixture("recurrent.nir"), "--steps", "30", "--out", checkpoint]);
    expect(imported, imported.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("7 to 3, 3 to 2") });
    const back = await spikelet(["export", "--checkpoint", checkpoint, "--out", inFolder("readout.nir")]);
    expect(back, back.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining("NIR states no delay") });
  });

  it("says what is wrong", async () => {
    const out = ["--out", inFolder("none.safetensors")];
    const wrong = async (args: string[], code: number, message: string) => {
      const result = await spikelet(args);
      expect(result.stderr).toContain(message);
      expect(result.code).toBe(code);
    };
    await wrong(
      ["export", "--checkpoint", "x", "--out", "net.onnx"],
      2,
      "does not end in a format: give --format nir, safetensors, npz",
    );
    await wrong(["import", fixture("module.pt"), ...out], 1, "module.pt: byte");
    await wrong(
      ["import", fixture("authors.pt"), "--preset", "digits", ...out],
      1,
      "layers_module.0.weight: must have the shape [800, 784]",
    );
    await wrong(
      ["import", fixture("lif.nir"), "--preset", "digits", "--set", "network.steps=30", ...out],
      2,
      "--set network.steps=30: the network is that of the NIR file",
    );
    await wrong(["import", fixture("lif.nir"), "--dt", "0", ...out], 2, "--dt must be a number of seconds above 0");
    await wrong(
      ["import", fixture("lif.nir"), "--dt", "1", ...out],
      1,
      "lif.nir: lif.tau: must be a time constant of at least a step",
    );
  });
});
