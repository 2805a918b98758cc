import { describe, expect, it } from "vitest";
import { inChild } from "../support/child-memory.js";

/** Bytes of the address space of a child. */
const LIMIT = 5 * 2 ** 29;
/** Bytes of a page of memory, in which Linux counts. */
const PAGE = 4096;
/** Pieces in which the address space is filled. */
const PIECE = 2 ** 26;
/** What stays free of it, about: more than Node itself still takes, less than what is refused. */
const REST = PIECE / 2;

/** Calls of the public API that need more memory than is left, each with what has to be there before. */
const calls: [name: string, before: string, call: string, path: RegExp][] = [
  ["createNetwork", "", `createNetwork(wide)`, /^network$/],
  ["createTrainer", "", `createTrainer(wide)`, /^network$/],
  ["restoreNetwork", ofBytes(wideCheckpoint()), `spikelet.restoreNetwork(bytes)`, /^(checkpoint|network)$/],
  ["restoreTrainer", ofBytes(wideCheckpoint()), `spikelet.restoreTrainer(bytes)`, /^(checkpoint|network)$/],
  ["fineTune", ofBytes(wideCheckpoint()), `spikelet.fineTune(bytes, { outputs: 3 })`, /^(checkpoint|network)$/],
  ["Network.checkpoint", wideNetwork(), `network.checkpoint()`, /^checkpoint$/],
  ["Network.parameters", wideNetwork(), `network.parameters()`, /^layer$/],
  [
    "Network.setParameters",
    `${wideNetwork()} const [own] = await network.parameters();`,
    `network.setParameters(0, own)`,
    /^weights$/,
  ],
  ["Network.stream", wideNetwork(), `network.stream()`, /^network$/],
  [
    "SpikeStream.run",
    `${firing(100)} const stream = await network.stream();`,
    `stream.run({ times: [], units: [] }, 65_535)`,
    /^steps$/,
  ],
  ["Network.predict", firing(4000), `network.predict(data)`, /^(range|network)$/],
  ["Network.gradients", firing(4000), `network.gradients(data)`, /^(range|network)$/],
  ["Network.predict, first of its kind", firing(40_000), `network.predict(data.slice(0, 1))`, /^(range|network)$/],
  ["Network.evaluate", firing(40_000), `network.evaluate(data.slice(0, 1))`, /^network$/],
  ["Network.gradients with a trace", firing(40_000), `network.gradients(data.slice(0, 1), { trace: true })`, /^(range|network)$/],
  ["Trainer.run", firing(40_000), `network.run(data.slice(0, 1))`, /^network$/],
  [
    "encodeSpikes",
    `const values = new Float32Array(2 ** 25);`,
    `spikelet.encodeSpikes(values, encode.latency(), { units: 2, steps: 30 })`,
    /^values$/,
  ],
  ["SpikeDataset.events of images", images(), `data.events({ steps: 1000 })`, /^(encoding|data|values)$/],
  ["SpikeDataset.events of signals", signals(), `data.events({ steps: 60_000 })`, /^(encoding|data|values)$/],
  ["predict of many events", events(), `network.predict(data)`, /^(data|indices|times|units|offsets)$/],
  ["parseIdx", ofBytes(`Uint8Array.of(0, 0, 8, 1, 8, 0, 0, 0, ...[])`, 2 ** 27 + 8), `parseIdx(bytes)`, /^bytes$/],
  ["parseTensors", ofBytes(wideCheckpoint()), `parseTensors(bytes)`, /^bytes$/],
  ["datasets.yinYang", "", `datasets.yinYang({ seed: 1, samples: 6_000_000 })`, /^samples$/],
  ["datasets.randman", "", `datasets.randman({ seed: 1, samplesPerClass: 100_000 })`, /^samplesPerClass$/],
  [
    "datasets.spikeTrainMatching",
    "",
    `datasets.spikeTrainMatching({ seed: 1, samples: 1, inputs: 20_000, steps: 2000, inputRate: 1 })`,
    /^(steps|samples|events)$/,
  ],
];

/** Weights of 96 MB. */
function wideNetwork(): string {
  return `const network = await createNetwork(wide);`;
}

function wideCheckpoint(): string {
  return `await (async () => { const made = await createNetwork(wide); const file = await made.checkpoint(); made.dispose(); return file; })()`;
}

/** Bytes, of which the first are those of `made`. */
function ofBytes(made: string, length?: number): string {
  return length === undefined ? `const bytes = ${made};` : `const bytes = new Uint8Array(${length}); bytes.set(${made});`;
}

/** A trainer whose 1000 units fire at each step, and 40 samples. */
function firing(steps: number): string {
  return `
    const layers = [{ type: "dense", units: 1000 }];
    const loss = { type: "latency", endSimulation: "off" };
    const network = await createTrainer({ network: { input: 1, steps: ${steps}, layers }, loss, training: { threads: 1, batchSize: ${steps > 4000 ? 1 : 40} } });
    const [start] = await network.parameters();
    await network.setParameters(0, { weights: start.weights, biases: start.biases.fill(1000) });
    const spikes = Array.from({ length: 40 }, () => ({ times: [0], units: [0] }));
    const data = datasets.fromSpikes({ spikes, labels: new Uint32Array(40) });`;
}

function images(): string {
  return `const data = datasets.fromImages({ pixels: new Uint8Array(2 ** 16).fill(255), shape: [256] }).encode(encode.rate({ max: 1 }));`;
}

function signals(): string {
  return `
    const signal = Float32Array.from({ length: 60_000 }, (_, time) => (time % 2) * 2 - 1);
    const data = datasets.fromSeries({ signals: [[signal]] }).encode(encode.levels({ count: 1024 }));`;
}

/** 20 million events of one sample. */
function events(): string {
  return `
    const count = 20_000_000;
    const arrays = { offsets: Uint32Array.of(0, count), times: new Uint16Array(count), units: new Uint32Array(count) };
    const data = datasets.fromSpikes({ spikes: new spikelet.SpikeEvents(arrays) });
    const network = await createNetwork({ network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 }] } });`;
}

describe("where memory is short, under a limit of the operating system", () => {
  it.each(calls)("%s is refused", async (_, before, call, path) => {
    const outcome = await inChild(
      `const wide = { network: { input: 4000, steps: 1, layers: [{ type: "dense", units: 6000 }] }, training: { threads: 1 } };
       ${before}
       const pages = Number((await import("node:fs")).readFileSync("/proc/self/statm", "latin1").split(" ")[0]);
       const free = ${LIMIT} - ${PAGE} * pages - ${REST};
       globalThis.held = [new ArrayBuffer(Math.max(0, free % ${PIECE}))];
       try { for (;;) held.push(new ArrayBuffer(${PIECE})); } catch {}
       try { await (${call}); report("done"); } catch ({ code, path, message }) { report({ code, path, message }); }`,
      { limit: LIMIT },
    );
    expect(outcome.stderr).toBe("");
    expect(outcome).toMatchObject({ code: 0, report: { code: "CONFIG_INVALID", path: expect.stringMatching(path) } });
  });
});
