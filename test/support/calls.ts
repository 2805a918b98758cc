import * as spikelet from "spikelet";
import { loadBackend } from "spikelet/backend";
import * as plot from "spikelet/plot";
import { tinyConfig, tinyData } from "./learning.js";
import { wav } from "./wav.js";

/** A function of the public API with arguments that it takes. */
export interface Call {
  call: (...args: never[]) => unknown;
  args: unknown[];
  /** Whether an object takes fields that only the core knows. */
  isOpen?: boolean;
}

/** What the calls are made with. */
export interface Supply {
  backend: "native" | "wasm";
  network: spikelet.Network;
  trainer: spikelet.Trainer;
  checkpoint: Uint8Array;
  parameters: spikelet.LayerParameters[];
  gradients: spikelet.Gradients;
  integers: spikelet.IntegerNetwork;
  metrics: spikelet.Metrics;
}

/** A file that is not there. */
const NOWHERE = "/nowhere/file";

export async function supplyOf(backend: Supply["backend"]): Promise<Supply> {
  const network = await spikelet.createNetwork(tinyConfig, { backend });
  const trainer = await spikelet.createTrainer(tinyConfig, { backend });
  return {
    backend,
    network,
    trainer,
    checkpoint: await trainer.checkpoint(),
    parameters: await network.parameters(),
    integers: await network.quantize({ calibration: tinyData(2) }),
    gradients: await network.gradients(tinyData(2), { trace: true }),
    metrics: await network.evaluate(tinyData()),
  };
}

const signal = new AbortController().signal;

/** Every function and method of the public API that takes arguments, by its name. */
export function callsOf({ backend, network, trainer, ...supply }: Supply): Record<string, Call> {
  const { datasets, encode, SpikeEvents } = spikelet;
  const how = {
    backend,
    simd: network.info.simd,
    signal,
    worker: true,
    workers: 1,
    workerUrl: "a",
    wasmUrl: "b",
    extrasWasmUrl: "e",
    threadsWorkerUrl: "c",
    threadsWasmUrl: "d",
  };
  const data = tinyData(4);
  const images = datasets.fromImages({ pixels: new Uint8Array(8), labels: [0, 1], shape: [2, 2] });
  const events = SpikeEvents.fromTrains([{ times: [1], units: [2] }]);
  const inputs = SpikeEvents.fromTrains([
    { times: [1], units: [2] },
    { times: [2], units: [3] },
  ]);
  const series = datasets.fromSeries({ signals: [[[0, 1]]] }).encode(encode.delta());
  const sound = wav({ channels: [[0, 1]], sampleRate: 10, format: 1, bits: 16 });
  const prediction = supply.gradients.prediction;
  const runs = [
    { series: "a", value: 1, x: 1, y: 2 },
    { series: "b", value: 2, x: 2, y: 3 },
  ];
  const point = { loss: 1, accuracy: { firstSpike: 0.5, count: 0.5 }, spikes: { perSample: 3 } };
  const look = { title: "title", width: 400 };
  const arrays = { offsets: events.offsets, times: events.times, units: events.units };
  const [layer] = supply.parameters as [spikelet.LayerParameters];
  const ofFiles = { size: [4, 4], colour: true, classes: ["a"], name: "files", onProgress: () => {}, signal };
  const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 2);
  return {
    surrogateTable: { call: spikelet.surrogateTable, args: [Math.exp, { from: -1, to: 1, step: 0.5 }] },
    loadBackend: {
      call: loadBackend,
      args: [
        backend,
        {
          worker: true,
          workers: 1,
          workerUrl: "a",
          wasmUrl: "b",
          extrasWasmUrl: "e",
          threadsWorkerUrl: "c",
          threadsWasmUrl: "d",
        },
      ],
    },
    createNetwork: { call: spikelet.createNetwork, args: [tinyConfig, { ...how, threads: 1, parameters: supply.parameters }] },
    createTrainer: { call: spikelet.createTrainer, args: [tinyConfig, { ...how, threads: 1, parameters: supply.parameters }] },
    restoreNetwork: { call: spikelet.restoreNetwork, args: [supply.checkpoint, { ...how, threads: 1 }] },
    restoreTrainer: { call: spikelet.restoreTrainer, args: [supply.checkpoint, { ...how, threads: 1 }] },
    fineTune: {
      call: spikelet.fineTune,
      args: [supply.checkpoint, { ...how, threads: 1, outputs: 3, config: { training: { epochs: 1 } } }],
      isOpen: true,
    },
    "Network.predict": {
      call: network.predict.bind(network),
      args: [data, { signal, earlyDecision: true, onProgress: () => {} }],
    },
    "Network.evaluate": {
      call: network.evaluate.bind(network),
      args: [data, { signal, earlyDecision: true, onProgress: () => {} }],
    },
    "Network.gradients": {
      call: network.gradients.bind(network),
      args: [data, { trace: false, outputGradient: () => Array(data.length).fill({}) }],
    },
    "Network.quantize": {
      call: network.quantize.bind(network),
      args: [{ calibration: data, stateBits: 16, weightBits: 6, percentile: 99.9 }],
    },
    "Network.integerNetwork": { call: network.integerNetwork.bind(network), args: [supply.integers.integers] },
    "IntegerNetwork.predict": {
      call: supply.integers.predict.bind(supply.integers),
      args: [data, { signal, onProgress: () => {} }],
    },
    "Network.exportModel": { call: network.exportModel.bind(network), args: [{ weights: "float16" }] },
    "Network.checkpoint": { call: network.checkpoint.bind(network), args: [{ origin: "a run", resumable: false }] },
    "Network.stream": { call: network.stream.bind(network), args: [{ encoding: encode.delta(), channels: 4 }] },
    "Network.setParameters": { call: network.setParameters.bind(network), args: [0, layer] },
    "Trainer.run": { call: trainer.run.bind(trainer), args: [data, { validation: data, epochs: 1, signal }] },
    "Trainer.step": { call: trainer.step.bind(trainer), args: [data, () => Array(data.length).fill({})] },
    "Trainer.applyGradients": { call: trainer.applyGradients.bind(trainer), args: [supply.gradients.layers] },

    "SpikeDataset.encode": { call: images.encode.bind(images), args: [encode.latency()], isOpen: true },
    "SpikeDataset.split": { call: data.split.bind(data), args: [{ seed: 1, train: 1, validation: 1, test: 1 }] },
    "SpikeDataset.slice": { call: data.slice.bind(data), args: [0, 2] },
    "SpikeDataset.pick": { call: data.pick.bind(data), args: [[0, 1]] },
    "SpikeDataset.classes": { call: data.classes.bind(data), args: [[0, 1]] },
    "SpikeDataset.image": { call: images.image.bind(images), args: [0] },
    "SpikeDataset.events": { call: data.events.bind(data), args: [{ steps: 30, backend }] },
    "SpikeDataset.signal": { call: series.signal.bind(series), args: [0] },
    "SpikeDataset.inputUnits": { call: series.inputUnits.bind(series), args: [{ backend }] },
    "SpikeEvents.constructor": { call: (given: spikelet.EventArrays) => new SpikeEvents(given), args: [arrays], isOpen: true },
    "SpikeEvents.fromTrains": { call: SpikeEvents.fromTrains, args: [[{ times: [1], units: [2] }]] },
    "SpikeEvents.fromTriples": { call: SpikeEvents.fromTriples, args: [[[0, 1, 2]], 1] },
    "SpikeEvents.concat": { call: SpikeEvents.concat, args: [[events, events]] },
    "SpikeEvents.sample": { call: events.sample.bind(events), args: [0] },
    "SpikeEvents.pick": { call: events.pick.bind(events), args: [Uint32Array.of(0)] },

    "datasets.fromImages": {
      call: datasets.fromImages,
      args: [{ pixels: new Uint8Array(8), labels: [0, 1], shape: [2, 2], name: "images" }],
    },
    "datasets.fromSpikes": {
      call: datasets.fromSpikes,
      args: [{ spikes: [{ times: [1], units: [2] }], labels: [0], shape: [4], name: "spikes" }],
    },
    "datasets.fromNpz": {
      call: datasets.fromNpz,
      args: [new Uint8Array(30), { steps: 3, stepLength: 1, shape: [2, 2], name: "npz", backend }],
    },
    "datasets.fromSeries": {
      call: datasets.fromSeries,
      args: [{ signals: [[[0, 1]]], labels: [0], sampleRate: 10, unit: "V", name: "series" }],
    },
    "datasets.fromCsv": {
      call: datasets.fromCsv,
      args: [
        "t,x\n0,1",
        { channels: ["x"], sample: "t", label: "t", classes: ["0"], delimiter: ",", sampleRate: 10, unit: "V", name: "csv" },
      ],
    },
    "datasets.fromTable": {
      call: datasets.fromTable,
      args: [
        "x,label\n0,a\n1,b",
        { label: "label", values: ["x"], ranges: [[0, 1]], classes: ["a", "b"], delimiter: ",", name: "table" },
      ],
    },
    "datasets.fromFiles": {
      call: datasets.fromFiles,
      args: [[new Blob([Uint8Array.from(sound)], { type: "audio/wav" })], { ...ofFiles, labels: [0] }],
    },
    "datasets.fromFolder": { call: datasets.fromFolder, args: [NOWHERE, ofFiles] },
    "datasets.fromRecordings": {
      call: datasets.fromRecordings,
      args: [
        { recordings: [new Uint8Array(30)], sensor: [8, 8], size: [4, 4], steps: 10, stepLength: 1, labels: [0], name: "camera" },
      ],
    },
    "datasets.dvsGesture": {
      call: datasets.dvsGesture,
      args: [{ dir: NOWHERE, steps: 10, stepLength: 1, size: [4, 4], onProgress: () => {}, signal }],
    },
    "datasets.fromWav": { call: datasets.fromWav, args: [{ files: [sound], labels: [0], name: "wav" }] },
    "datasets.mnist": { call: datasets.mnist, args: [{ dir: NOWHERE, backend }] },
    "datasets.fashionMnist": { call: datasets.fashionMnist, args: [{ dir: NOWHERE, backend }] },
    "datasets.emnist": { call: datasets.emnist, args: [{ dir: NOWHERE, backend }] },
    "datasets.kmnist": { call: datasets.kmnist, args: [{ dir: NOWHERE, backend }] },
    "datasets.nmnist": {
      call: datasets.nmnist,
      args: [{ dir: NOWHERE, backend, signal, limit: { train: 1 }, onProgress: () => {}, steps: 30, truncateMs: 30, size: 34 }],
    },
    "datasets.spokenDigits": {
      call: datasets.spokenDigits,
      args: [{ dir: NOWHERE, heldOut: "theo", validation: "lucas", signal }],
    },
    "datasets.shards": { call: datasets.shards, args: [{ dir: NOWHERE, verify: true }] },
    "datasets.packShards": {
      call: datasets.packShards,
      // Without samples nothing is written, wherever that would be.
      args: [[], { dir: NOWHERE, samplesPerShard: 2, testSamples: 0, onProgress: () => {}, signal }],
    },
    "datasets.shd": { call: datasets.shd, args: [{ dir: NOWHERE, steps: 10, seconds: 1, signal }] },
    "datasets.yinYang": { call: datasets.yinYang, args: [{ samples: 14, seed: 1, bias: true, backend }] },
    "datasets.delayDetection": {
      call: datasets.delayDetection,
      args: [{ classes: 2, samplesPerClass: 2, gap: 1, steps: 20, seed: 1 }],
    },
    "datasets.randman": { call: datasets.randman, args: [{ classes: 2, samplesPerClass: 2, units: 3, seed: 1, backend }] },
    "datasets.spikeTrainMatching": { call: datasets.spikeTrainMatching, args: [{ inputs: 3, outputs: 2, seed: 1, backend }] },
    "datasets.simulatedEvents": { call: datasets.simulatedEvents, args: [images, { size: 34, steps: 30, backend, signal }] },

    "encode.latency": { call: encode.latency, args: [{ first: 1 }], isOpen: true },
    "encode.rate": { call: encode.rate, args: [{ seed: 1 }], isOpen: true },
    "encode.regular": { call: encode.regular, args: [{}], isOpen: true },
    "encode.burst": { call: encode.burst, args: [{}], isOpen: true },
    "encode.stretch": { call: encode.stretch, args: [{}], isOpen: true },
    "encode.shiftBack": { call: encode.shiftBack, args: [{}], isOpen: true },
    "encode.delta": { call: encode.delta, args: [{ threshold: 1 }], isOpen: true },
    "encode.levels": { call: encode.levels, args: [{}], isOpen: true },
    "encode.current": { call: encode.current, args: [{}], isOpen: true },
    "encode.logMel": { call: encode.logMel, args: [{}], isOpen: true },
    encodeSpikes: {
      call: spikelet.encodeSpikes,
      args: [new Float32Array(4), encode.latency(), { units: 4, steps: 10, rows: Uint32Array.of(0), backend }],
    },
    decodeAer: { call: spikelet.decodeAer, args: [new Uint8Array(5), { steps: 10, truncateMs: 10, size: 34, backend }] },
    parseRecording: { call: spikelet.parseRecording, args: [new Uint8Array(30)] },
    parseIdx: { call: spikelet.parseIdx, args: [idx, { backend }] },
    parseNpy: { call: spikelet.parseNpy, args: [new Uint8Array(30), { backend }] },
    parseNpz: { call: spikelet.parseNpz, args: [new Uint8Array(30), { backend }] },
    checkpointInfo: { call: spikelet.checkpointInfo, args: [supply.checkpoint, { backend }] },
    parseTensors: { call: spikelet.parseTensors, args: [new Uint8Array(30), { backend }] },
    importWeights: { call: spikelet.importWeights, args: [network, supply.checkpoint, { names: ["a", "b"], backend }] },
    exportWeights: { call: spikelet.exportWeights, args: [network, { format: "npz" }] },
    importNir: { call: spikelet.importNir, args: [new Uint8Array(30), { dt: 1, discretization: "euler", steps: 3 }] },
    exportNir: { call: spikelet.exportNir, args: [network, { dt: 1, discretization: "euler", bias: "leak" }] },
    neuroBench: { call: spikelet.neuroBench, args: [network, supply.metrics], isOpen: true },
    recommend: { call: spikelet.recommend, args: [images] },
    summary: { call: spikelet.summary, args: [network] },
    outline: { call: spikelet.outline, args: [network] },
    "plot.networkGraph": { call: plot.networkGraph, args: [spikelet.outline(network), look] },
    load: { call: spikelet.load, args: [NOWHERE] },
    save: { call: spikelet.save, args: [NOWHERE, new Uint8Array(1)] },

    "plot.spikeRaster": {
      call: plot.spikeRaster,
      args: [prediction, { ...look, sample: 0, input: inputs, inputUnits: 4, units: [8, 2], steps: 30, label: 1 }],
    },
    "plot.spikeHistogram": { call: plot.spikeHistogram, args: [prediction, { ...look, by: "step", steps: 30, units: [8, 2] }] },
    "plot.membraneTraces": {
      call: plot.membraneTraces,
      args: [supply.gradients, { ...look, sample: 0, layer: 0, units: [1], threshold: 1 }],
    },
    "plot.gradientParts": {
      call: plot.gradientParts,
      args: [supply.gradients, { ...look, sample: 0, layer: 0 }],
    },
    "plot.spikeParts": { call: plot.spikeParts, args: [supply.gradients, { sample: 0, layer: 0 }] },
    "plot.weightMaps": { call: plot.weightMaps, args: [layer, { ...look, shape: [2, 2], units: [0], columns: 3 }] },
    "plot.learntHistogram": {
      call: plot.learntHistogram,
      args: [
        [{ learnt: { threshold: Float32Array.of(1) } }],
        { ...look, before: [{ learnt: { threshold: Float32Array.of(2) } }] },
      ],
    },
    "plot.learningCurves": { call: plot.learningCurves, args: [[{ epoch: 1, train: point, validation: point }], look] },
    "plot.confusionMatrix": { call: plot.confusionMatrix, args: [[0, 1], [1, 1], { ...look, classes: 2, names: ["a", "b"] }] },
    "plot.confusionCounts": { call: plot.confusionCounts, args: [[0, 1], [1, 1], 2] },
    "plot.seedSpread": { call: plot.seedSpread, args: [runs, { ...look, label: "loss", zero: true }] },
    "plot.seedScatter": { call: plot.seedScatter, args: [runs, { ...look, x: "x", y: "y", isLogarithmic: true }] },
    "plot.seedLines": { call: plot.seedLines, args: [runs, { ...look, x: "x", y: "y", isLogarithmic: true, dots: true }] },
    "plot.parallelCoordinates": {
      call: plot.parallelCoordinates,
      args: [[{ values: [1, "a"], isBest: true }], { ...look, axes: [{ label: "a", isLogarithmic: true }, { label: "b" }] }],
    },
  };
}

const CLASSES = [spikelet.Network, spikelet.IntegerNetwork, spikelet.Trainer, spikelet.SpikeDataset, spikelet.SpikeEvents];
/** Methods that only this library calls. */
const INTERNAL = [
  "IntegerNetwork.of",
  "SpikeDataset.pixels",
  "SpikeDataset.withEvents",
  "SpikeDataset.withParts",
  "SpikeDataset.withRanges",
  "SpikeDataset.wire",
];

/** The names of all public functions, and of the public methods of all classes, that take arguments. */
export function publicNames(): string[] {
  const functions = (prefix: string, of: object) =>
    Object.entries(of).flatMap(([name, value]) => (typeof value === "function" && !isClass(value) ? [prefix + name] : []));
  const methods = CLASSES.flatMap((type) => {
    const own = (place: object) =>
      Object.entries(Object.getOwnPropertyDescriptors(place)).flatMap(([name, { value }]) =>
        typeof value === "function" && name !== "constructor" && takesArguments(value) ? [`${type.name}.${name}`] : [],
      );
    return [...own(type.prototype), ...own(type)];
  });
  const all = [
    ...functions("", { ...spikelet, loadBackend }),
    ...functions("datasets.", spikelet.datasets).filter((name) => name !== "datasets.digits"),
    ...functions("encode.", spikelet.encode).filter((name) => name !== "encode.direct"),
    ...functions("plot.", plot),
    ...methods,
  ];
  return all.filter((name) => !INTERNAL.includes(name)).sort();
}

function isClass(value: object): boolean {
  return /^class\b/.test(String(value));
}

function takesArguments(method: object): boolean {
  return !/^(?:async )?\*?[\w$]+\(\)/.test(String(method));
}
