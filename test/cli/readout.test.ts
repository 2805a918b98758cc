import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTrainer, datasets } from "spikelet";
import { beforeAll, describe, expect, it } from "vitest";
import { dataSource } from "../../ts/cli/data.js";
import { metricLines, rangeText } from "../../ts/cli/print.js";
import { writeResultPage } from "../../ts/cli/report/write.js";
import { openOutput } from "../../ts/cli/train/output.js";
import { spikelet } from "../support/spawn-cli.js";

const OF_SPIKES = /first spike|by count|decided|decision +at step/i;
const LAYERS = [
  { type: "dense", units: 20 },
  { type: "dense", units: 3, neuron: { type: "leaky" } },
];
const TINY = [
  ...[
    "--preset",
    "digits",
    "--dataset",
    "yinYang",
    "--set",
    "data.options.samples=300",
    "--set",
    "network.input=5",
    "--set",
    "network.steps=60",
  ],
  ...["--set", `network.layers=${JSON.stringify(LAYERS)}`, "--set", "loss.type=membrane", "--set", "training.epochs=2"],
  ...["--set", "network.neuron.currentDecay=0.9", "--set", "network.neuron.threshold=0.3"],
];

describe("a network that ends in a readout", () => {
  let out = "";
  let trained = "";
  const checkpoint = () => ["--checkpoint", join(out, "best.safetensors")];
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "spikelet-"));
    const { code, stdout, stderr } = await spikelet(["train", ...TINY, "--out", out]);
    expect(code, stderr).toBe(0);
    trained = stdout;
  });

  it("trains and is judged by its membranes", async () => {
    expect(trained).toMatch(/by membrane/);
    expect(trained).not.toMatch(OF_SPIKES);
    const { test } = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    const html = await readFile(join(out, "report.html"), "utf8");
    expect(html).toContain(`${(100 * test.accuracy.membrane).toFixed(1)} % by the membranes of the readout`);
    expect(html).not.toMatch(/first spike|undefined|NaN/i);
  });

  it("is evaluated by its membranes", async () => {
    const { code, stdout } = await spikelet(["evaluate", ...checkpoint()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/accuracy +[\d.]+ % by membrane \(/);
    expect(stdout).not.toMatch(OF_SPIKES);
    const [report] = (await spikelet(["evaluate", ...checkpoint(), "--json"])).json();
    expect(report).toMatchObject({ test: { accuracy: { membrane: expect.any(Number) } } });
  });

  it("predicts by its membranes", async () => {
    const args = ["predict", ...checkpoint(), "--samples", "1e12"];
    const { stdout, stderr } = await spikelet(args);
    const lines = stdout.trim().split("\n");
    expect(lines.length, stderr).toBeGreaterThan(1);
    for (const line of lines)
      expect(line).toMatch(/^sample \d+: [0-2] by membrane, probability [01]\.\d{3}, label [0-2]; spikes \d+ \+ 0$/);
    for (const answer of (await spikelet([...args, "--json"])).json()) {
      expect(answer).toMatchObject({ decision: "membrane", class: expect.any(Number), probability: expect.any(Number) });
      expect(answer).not.toHaveProperty("byFirstSpike");
    }
  });
});

it("a network that follows series tells its error, in text and on its page", async () => {
  const [samples, steps] = [8, 20];
  const spikes = Array.from({ length: samples }, (_, k) => ({ times: [0, 3 + k, 15], units: [0, 1, k % 2] }));
  const series = Array.from({ length: samples * steps }, (_, k) => Math.sin((k % steps) / 4));
  const data = datasets.fromSpikes({ spikes, series });
  using trainer = await createTrainer({
    network: {
      input: 2,
      steps,
      layers: [
        { type: "dense", units: 10 },
        { type: "dense", units: 1, neuron: { type: "leaky" } },
      ],
    },
    loss: { type: "trace" },
    training: { epochs: 2 },
  });
  await trainer.run(data);
  const metrics = await trainer.evaluate(data);
  const lines = metricLines("test", metrics, "none").join("\n");
  expect(lines).toMatch(/test error +mean squared error [\d.]+, R² -?[\d.]+/);
  expect(lines).not.toMatch(OF_SPIKES);
  using output = await openOutput(await mkdtemp(join(tmpdir(), "spikelet-")));
  const told = { title: "Series", part: "test", metrics, warnings: [], epochs: [], facts: [], data: dataSource({}) };
  await writeResultPage(output, told, { network: trainer, samples: data });
  const html = await readFile(output.files.page, "utf8");
  expect(html).toContain(`mean squared error ${Number(metrics.meanSquaredError?.toPrecision(4))}`);
  expect(html).not.toMatch(/first spike|undefined|NaN/i);
});

it("membranes of any number have a range in words", () => {
  expect(rangeText(Array.from({ length: 400_000 }, (_, k) => k / 1000 - 1))).toBe("from -1.00 to 399");
});
