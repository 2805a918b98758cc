import { rmSync } from "node:fs";
import { type Config, createNetwork, createTrainer, datasets, encode, presets } from "spikelet";
import { exportC } from "spikelet/export";
import { describe, expect, it } from "vitest";
import { Comparisons } from "../support/c-comparison.js";
import { answersInC, missing } from "../support/c-program.js";
import { configOf, randomSpikes, STEPS, strengthen } from "../support/infer-comparison.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";
import { emptyFolder } from "../support/spawn-cli.js";

const needs = missing("cc");
const SMALL: Case = { input: 20, layers: [{ type: "dense", units: 20 }] };

describe.skipIf(needs !== undefined)(`networks in C${needs ? ` (${needs})` : ""}`, () => {
  it("have the bits of JavaScript: every kind of connection, pool, delay, neuron and reset", async () => {
    const comparisons = new Comparisons();
    for (const [what, given] of Object.entries({ ...CHAINS, ...GRAPHS })) await add(comparisons, what, given);
    check(comparisons);
  });

  it("have the bits of JavaScript: every preset", async () => {
    const comparisons = new Comparisons();
    for (const [name, config] of Object.entries(presets)) {
      const network = { ...config.network, steps: 60 };
      const given: Case = { ...network, layers: [], strength: 3 };
      await add(comparisons, name, given, { ...config, network });
    }
    check(comparisons);
  });

  it("decide as JavaScript does: by every statistic, and where samples end early", async () => {
    const comparisons = new Comparisons();
    for (const statistic of ["mean", "max", "last", "softmaxSum", "each", "expMean"] as const) {
      await add(comparisons, statistic, SMALL, configOf(SMALL, statistic));
    }
    const given: Case = { input: 20, layers: [{ type: "dense", units: 3 }], fires: true };
    const loss = { type: "latency", endSimulation: "sample" } as const;
    await add(comparisons, "ends early", given, { ...configOf(given), loss });
    const answers = check(comparisons);
    expect(answers.at(-1)?.[0]?.steps).toBeLessThan(STEPS);
  });

  it("have the names of the classes", async () => {
    using trainer = await createTrainer(configOf({ input: 4, layers: [{ type: "dense", units: 2 }], fires: true }));
    const images = datasets.fromImages({
      pixels: new Uint8Array(8),
      labels: [0, 1],
      shape: [2, 2],
      classes: ["Kätzchen", '"dog"'],
    });
    await trainer.run(images.encode(encode.latency({ last: 20 })), { epochs: 1 });
    const file = await trainer.exportModel();
    const comparisons = new Comparisons();
    comparisons.add("with names", file, [randomSpikes({ input: 4, layers: [] }, 1)], (name) => exportC(file, { name }));
    check(comparisons);
    expect(exportC(file).source).toContain('"K\\303\\244tzchen",\n  "\\042dog\\042",');
  });
});

async function add(comparisons: Comparisons, what: string, given: Case, config: Config = configOf(given)): Promise<void> {
  using network = await createNetwork(config);
  await strengthen(network, given);
  const file = await network.exportModel();
  const { isWeighted: values = false } = given;
  comparisons.add(what, file, [randomSpikes(given, 1), randomSpikes(given, 2)], (name) =>
    exportC(file, { name, values, maxEvents: 100 }),
  );
}

function check(comparisons: Comparisons) {
  const folder = emptyFolder();
  try {
    const answers = answersInC(folder, comparisons.cases);
    comparisons.check(answers);
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
