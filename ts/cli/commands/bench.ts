import { counted } from "../../counted.js";
import type { SpikeDataset } from "../../datasets/dataset.js";
import type { Config } from "../../generated/config.js";
import { DEFAULTS } from "../../generated/defaults.js";
import { createNetwork } from "../../network.js";
import { grouped, percent } from "../../report/result/texts.js";
import { loadBackend } from "../../runtime/load.node.js";
import { createTrainer } from "../../trainer.js";
import { refuseOptions, wholeNumber } from "../arguments.js";
import { type BenchCase, CASES, type CaseName, readsDigits } from "../bench/cases.js";
import { measureEpochs } from "../bench/epochs.js";
import { disturbance, Load } from "../bench/load.js";
import { type Measurement, measure } from "../bench/measure.js";
import { peakMemory, resetPeakMemory } from "../bench/memory.js";
import { type BenchLine, figures } from "../bench/report.js";
import { BenchSession, bytesOf } from "../bench/session.js";
import { defineCommand } from "../command.js";
import { type ConfigArguments, readConfiguration, threads } from "../configuration.js";
import { type DataArguments, dataSource, loadSplit } from "../data.js";
import { UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { type Choices, choicesOf } from "../invocation.js";
import { withProgress } from "../live-line.js";
import { computeOptions, configOptions, dataOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { readLimit } from "../read-limit.js";

const CASE_NAMES = Object.keys(CASES) as CaseName[];
const DEFAULT_CASE = "mnist" satisfies CaseName;

export const bench = defineCommand({
  meta: { name: "bench", description: "Measures training and inference on this machine" },
  subCommands: {
    kernels: async () => (await import("./bench/kernels.js")).kernels,
    report: async () => (await import("./bench/report.js")).report,
  },
  args: {
    case: {
      type: "enum",
      options: CASE_NAMES,
      meanings: Object.fromEntries(CASE_NAMES.map((name) => [name, CASES[name].about])),
      description: "which network, one of the cases below; mnist by default",
    },
    config: { ...configOptions.config, description: "configuration file (JSON) of a network of your own, measured on its data" },
    preset: configOptions.preset,
    set: configOptions.set,
    batch: {
      type: "string",
      description: "samples per update; by default 128, 32 for the case real, and with --config or --preset their batch size",
      valueHint: "N",
    },
    seconds: { type: "string", default: "5", description: "how long to measure each phase", valueHint: "S" },
    ...dataOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const choices = choicesOf(args, abortOnInterrupt());
    const { name, batch, config, weightScale, learnt, samples } = await (isOwn(args)
      ? ownCase(args, choices)
      : knownCase(args.case));
    const batchSize = args.batch === undefined ? batch : wholeNumber(args.batch, "batch", 1);
    const training = { ...config.training, batchSize, threads: threads(args.threads ?? "auto") };
    const start = performance.now();
    const data = await samples({ data: args.data, backend: choices.backend });
    const plan: Plan = {
      name,
      config: { ...config, training },
      weightScale,
      learnt,
      data,
      dataSeconds: (performance.now() - start) / 1000,
      seconds: duration(args.seconds),
      choices,
      isJson: args.json,
    };
    let othersShare = 0;
    for await (const line of name === "real" ? epochs(plan) : phases(plan)) {
      printResult(args.json, line, () => [text(line)]);
      othersShare = line.othersShare;
    }
    const disturbed = disturbance(othersShare);
    if (disturbed !== undefined) say(`warning: ${disturbed}`);
  },
});

/** Updates by which a network of the user's learns to fire before it is measured. */
const OWN_LEARNT = 16;

/** A case of the benchmark with its name. */
type NamedCase = Omit<BenchCase, "about" | "batch"> & { name: string; batch: number };

function knownCase(name: CaseName = DEFAULT_CASE): NamedCase {
  return { name, ...CASES[name] };
}

type OwnArguments = ConfigArguments & DataArguments & { case?: CaseName | undefined; set: readonly string[] };

function isOwn(args: OwnArguments): boolean {
  const isGiven = args.config !== undefined || args.preset !== undefined || args.set.length > 0;
  if (isGiven && args.case !== undefined) throw new UsageError("give --case or a configuration, not both");
  if (isGiven) return true;
  const unwanted = (["dataset", "encode", "max-memory"] as const).find((option) => args[option] !== undefined);
  if (unwanted !== undefined) throw new UsageError(`--${unwanted} needs a configuration: --config or --preset`);
  const name = args.case ?? DEFAULT_CASE;
  if (!readsDigits(name)) refuseOptions(args, ["data"], `the case ${name} draws its samples`);
  return false;
}

/** The network of a configuration on the training part of its data. */
async function ownCase(args: OwnArguments, choices: Choices): Promise<NamedCase> {
  const { name, config, data } = await readConfiguration(args, args.set);
  const source = dataSource(args, data);
  using network = await createNetwork(config, choices);
  const { training, network: resolved } = network.config;
  const { steps } = resolved;
  return {
    name,
    config,
    batch: training.batchSize,
    weightScale: 1,
    learnt: OWN_LEARNT,
    samples: async ({ backend }) => (await loadSplit(source, { backend, steps, ...readLimit(args) })).train.load(),
  };
}

interface Plan {
  name: string;
  config: Config;
  weightScale: number;
  learnt: number;
  data: SpikeDataset;
  dataSeconds: number;
  seconds: number;
  choices: Choices;
  isJson: boolean;
}

/** Work of one phase, and the most memory that was resident during any piece of it. */
class Work {
  peakMemoryBytes = 0;
  readonly phase: BenchLine["phase"];
  readonly #piece: () => Promise<number>;

  constructor(phase: BenchLine["phase"], piece: () => Promise<number>) {
    this.phase = phase;
    this.#piece = piece;
  }

  readonly piece = async (): Promise<number> => {
    resetPeakMemory();
    const samples = await this.#piece();
    this.peakMemoryBytes = Math.max(this.peakMemoryBytes, peakMemory());
    return samples;
  };
}

/** Training and inference in turns. */
async function* phases(plan: Plan): AsyncGenerator<BenchLine> {
  const { name, config, weightScale, learnt, data, dataSeconds, seconds, choices, isJson } = plan;
  const backend = await loadBackend(choices.backend);
  const baseMemoryBytes = process.memoryUsage.rss();
  const start = performance.now();
  using session = await BenchSession.open(config, data, { backend, simd: choices.simd, weightScale, learnt });
  const opened = (performance.now() - start) / 1000;
  const { dataBytes, info } = session;
  const works = (["train", "infer"] as const).map((phase) => new Work(phase, () => session[phase]()));
  const load = new Load();
  const measured = await withProgress(`repetitions of ${name}`, isJson, (onProgress) =>
    measure(
      works.map(({ piece }) => piece),
      seconds,
      choices.signal,
      onProgress,
    ),
  );
  const othersShare = load.ofOthers();
  const spikesPerUnit = await session.spikesPerUnit();
  for (const [index, { phase, peakMemoryBytes }] of works.entries()) {
    yield {
      case: name,
      phase,
      backend: backend.kind,
      simd: info.simd,
      threads: info.threads,
      batch: config.training?.batchSize ?? DEFAULTS.training.batchSize,
      ...figures(measured[index] as Measurement),
      othersShare,
      dataSeconds: dataSeconds + opened,
      dataBytes,
      baseMemoryBytes,
      peakMemoryBytes,
      spikesPerUnit,
    };
  }
}

/** Training through the public API. */
async function* epochs({ name, config, data, dataSeconds, seconds, choices }: Plan): AsyncGenerator<BenchLine> {
  const baseMemoryBytes = process.memoryUsage.rss();
  // The rate falls with the schedule's steps, never the work; there are more epochs than `seconds` can hold.
  const endless = { ...config, training: { ...config.training, epochs: 1_000_000 } };
  using trainer = await createTrainer(endless, choices);
  resetPeakMemory();
  const load = new Load();
  const { metrics, ...measured } = await measureEpochs(trainer, data, { seconds, signal: choices.signal });
  yield {
    case: name,
    phase: "train",
    backend: trainer.backend.kind,
    simd: trainer.info.simd,
    threads: trainer.info.threads,
    batch: config.training?.batchSize ?? DEFAULTS.training.batchSize,
    ...figures(measured),
    othersShare: load.ofOthers(),
    dataSeconds,
    dataBytes: bytesOf(data.wire().arrays),
    baseMemoryBytes,
    peakMemoryBytes: peakMemory(),
    spikesPerUnit: metrics?.spikes.perUnit ?? [],
  };
}

function duration(given: string): number {
  const seconds = Number(given);
  if (given.trim() !== "" && Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new UsageError(`--seconds must be a number above 0, got "${given}"`);
}

function text(line: BenchLine): string {
  const { phase, samplesPerSecond, spread, backend, simd, threads, batch, peakMemoryBytes, baseMemoryBytes } = line;
  return (
    `${line.case} ${phase.padEnd(5)}  ${grouped(samplesPerSecond)} samples/s ± ${percent(spread / 2)}  ` +
    `${backend} ${simd}, ${counted(threads, "thread")}, batch ${batch}, ` +
    `at most ${grouped(peakMemoryBytes / 1e6)} MB of memory: ${grouped(baseMemoryBytes / 1e6)} MB for Node and the data, ` +
    `${grouped(Math.max(0, peakMemoryBytes - baseMemoryBytes) / 1e6)} MB for the network and its work`
  );
}
