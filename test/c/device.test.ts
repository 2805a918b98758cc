import { rmSync } from "node:fs";
import { createNetwork, datasets } from "spikelet";
import { exportC } from "spikelet/export";
import { describe, expect, it } from "vitest";
import { Comparisons } from "../support/c-comparison.js";
import { answersInC, type CCase, HOST } from "../support/c-program.js";
import { DEVICES, device, missingForDevices } from "../support/device.js";
import { configOf, randomSpikes, strengthen } from "../support/infer-comparison.js";
import { type Case, CHAINS, GRAPHS } from "../support/infer-networks.js";
import { emptyFolder } from "../support/spawn-cli.js";

const NAMES = [
  "dense",
  "recurrent delays by connection",
  "delays by input",
  "dense with events of values",
  "conv2d of more than 64 channels",
  "max pools",
  "learnt constants of alif and adlif",
  "reset subtract",
  "a single spike",
  "outputs of a convolution",
];
const NETWORKS = Object.entries<Case>({ ...CHAINS, ...GRAPHS }).filter(([name]) => NAMES.includes(name));
const needs = missingForDevices();

describe.skipIf(needs !== undefined).each(DEVICES)(`a %s in QEMU${needs ? ` (${needs})` : ""}`, (name) => {
  const ask = (cases: readonly CCase[], toolchain = device(name)) => {
    const folder = emptyFolder();
    try {
      return answersInC(folder, cases, toolchain);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it("has the bits of JavaScript", async () => {
    expect(NETWORKS.length).toBe(NAMES.length);
    const comparisons = new Comparisons();
    for (const [what, given] of NETWORKS) {
      using network = await createNetwork(configOf(given));
      await strengthen(network, given);
      const file = await network.exportModel();
      const { isWeighted: values = false } = given;
      comparisons.add(what, file, [randomSpikes(given, 1)], (name) => exportC(file, { name, values, maxEvents: 100 }));
    }
    for (const statistic of ["expMean", "softmaxSum", "each"] as const) {
      const given: Case = { input: 20, layers: [{ type: "dense", units: 20 }] };
      using network = await createNetwork(configOf(given, statistic));
      await strengthen(network, given);
      const file = await network.exportModel();
      comparisons.add(statistic, file, [randomSpikes(given, 1)], (name) => exportC(file, { name }));
    }
    comparisons.check(ask(comparisons.cases));
  });

  it("has the whole numbers of the host", async () => {
    const cases: CCase[] = [];
    for (const [, given] of NETWORKS.filter(
      ([, { layers, isWeighted }]) => !isWeighted && !JSON.stringify(layers).includes("adlif"),
    )) {
      using network = await createNetwork(configOf(given));
      await strengthen(network, given);
      for (const stateBits of [16, 32] as const) {
        const name = `n${cases.length}`;
        const spikes = stateBits === 16 ? { times: [0], units: [0] } : randomSpikes(given, 1);
        using whole = await network.quantize({ calibration: datasets.fromSpikes({ spikes: [spikes] }), stateBits });
        const files = exportC(await network.exportModel(), { name, integers: whole.integers, maxEvents: 100 });
        cases.push({ name, files, samples: [randomSpikes(given, 1)] });
      }
    }
    expect(ask(cases)).toEqual(ask(cases, HOST));
  });
});
