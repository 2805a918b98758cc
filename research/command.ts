import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Config, SpikeletError } from "spikelet";
import { isDataAtHand, type JsonObject, type SweepOptions, unpackStudy } from "spikelet/study";
import { EXPERIMENTS } from "./catalogue/index.js";
import { QUESTIONS } from "./catalogue/questions.js";
import type { Experiment, ExperimentOptions, Scale } from "./experiment.js";
import { aligned, Reporter } from "./reporter.js";
import { run } from "./run.js";
import { applySetting } from "./setting.js";

/** Options of the command line, each with its words for the help. */
const OPTIONS = {
  list: { type: "boolean", help: "list the experiments and the questions that they answer" },
  quick: { type: "boolean", help: "a version of about a minute: small networks, few samples" },
  seeds: { type: "string", help: "N: how many, or which: 5 or 1,2,7" },
  only: { type: "string", help: "NAMES: only these series of the comparison: antlr,timing" },
  set: { type: "string", multiple: true, help: "PATH=VALUE: change one setting of every run, may be repeated" },
  out: { type: "string", help: "DIR: folder; finished runs in it are kept" },
  from: { type: "string", help: "FILE: a packed study, whose finished runs are not run again: research/records/NAME.ndjson.gz" },
  processes: { type: "string", help: "N: processes that train at the same time; one for each core by default, 0 for this one" },
  shard: { type: "string", help: "I/N: part of the runs for this machine: 2/8, or auto/8" },
  retry: { type: "boolean", help: "run failed runs again" },
  data: { type: "string", help: "DIR: where the data lie" },
  backend: { type: "string", help: "auto, native or wasm" },
  simd: { type: "string", help: "LEVEL: SIMD level" },
  threads: { type: "string", help: "N: threads of each run, or auto" },
  json: { type: "boolean", help: "one JSON object per line" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const;

type Values = ReturnType<typeof parsed>["values"];

/** A mistyped command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs an experiment as the command line asks.
 *
 * @returns the exit code: 0, 1 where runs have no record, 2 for a wrong command line, plan or configuration, 130 when interrupted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  const isJson = argv.includes("--json");
  try {
    return await runCommand(argv, stop.signal);
  } catch (thrown) {
    if (stop.signal.aborted) {
      process.stderr.write("stopped: the same command continues\n");
      return 130;
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const { code, path } = thrown instanceof SpikeletError ? thrown : { code: "USAGE", path: "" };
    const isUsage = thrown instanceof UsageError;
    if (!isUsage && !(thrown instanceof SpikeletError)) throw thrown;
    if (isJson) process.stdout.write(`${JSON.stringify({ type: "error", code, path, message })}\n`);
    process.stderr.write(`error ${message}${isUsage ? "" : ` (${code})`}\n`);
    return isUsage || code === "CONFIG_INVALID" ? 2 : 1;
  }
}

async function runCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parsed(argv);
  if (values.help) {
    const rows = Object.entries(OPTIONS).map(([name, { help }]) => [`  --${name}`, help]);
    process.stdout.write(`npm run experiment -- NAME [options]\n\n${aligned(rows).join("\n")}\n`);
    return 0;
  }
  if (values.list) {
    list(values);
    return 0;
  }
  const [name, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one experiment at a time, got ${positionals.join(" ")}`);
  const scale: Scale = values.quick ? "quick" : "full";
  const experiment = only(experimentNamed(name), scale, values.only);
  const out = values.out ?? join("out", "experiments", values.quick ? `${experiment.name}-quick` : experiment.name);
  if (values.from !== undefined) await unpackStudy(values.from, out);
  const reporter = new Reporter(values.json === true);
  const sweeping = { ...sweepOptions(values), out, name: experiment.name, signal, onEvent: reporter.event };
  const study = await run({ experiment, options: optionsOf(experiment, scale, values), sweeping, reporter });
  if (study === undefined || values.shard !== undefined || study.missing === 0) return 0;
  process.stderr.write(`${study.missing} runs left no record: the same command runs them again\n`);
  return 1;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function list({ json }: Values): void {
  const listed = EXPERIMENTS.map(({ name, title }) => ({ name, title, example: `npm run experiment -- ${name} --quick` }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ experiments: listed, questions: QUESTIONS })}\n`);
    return;
  }
  const lines = [
    ...aligned(listed.map(({ name, title, example }) => [name, title, example])),
    "\nWhat the paper's reviewers asked; the page on the verdict has the answers",
    ...aligned(QUESTIONS.map(({ asked, question, command }) => [asked, question, command ?? ""])),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function experimentNamed(name: string | undefined): Experiment {
  const names = EXPERIMENTS.map((one) => one.name).join(", ");
  if (name === undefined) throw new UsageError(`which experiment? There are ${names}`);
  const found = EXPERIMENTS.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`unknown experiment "${name}": there are ${names}`);
}

/** The experiment with the variants of the given series alone. */
function only(whole: Experiment, scale: Scale, names: string | undefined): Experiment {
  if (names === undefined) return whole;
  const requested = names.split(",");
  const known = [...new Set(whole.variants(scale).map(({ series }) => series))];
  const unknown = requested.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown series "${unknown}": there are ${known.join(", ")}`);
  return { ...whole, variants: (size) => whole.variants(size).filter(({ series }) => requested.includes(series)) };
}

function optionsOf(experiment: Experiment, scale: Scale, values: Values): ExperimentOptions {
  const { set: settings = [], data, seeds } = values;
  const own = settings.find((setting) => /^(data|bestBy)\b/.test(setting));
  if (own !== undefined) throw new UsageError(`--set ${own}: the experiment says which data it takes, and what chooses epochs`);
  return {
    scale,
    seeds: seeds === undefined ? upTo(experiment.seeds[scale]) : parseSeeds(seeds),
    isAtHand: ({ dataset }) => isDataAtHand(dataset, data),
    adapt: (config) => adapted(config, settings),
    command: commandOf(experiment.name, values),
  };
}

function adapted(config: Config, settings: readonly string[]): Config {
  const copy = structuredClone(config) as unknown as JsonObject;
  for (const setting of settings) applySetting(copy, setting);
  return copy as unknown as Config;
}

/** What the library's `sweep` is told. */
function sweepOptions({ processes, threads, shard, retry, data, backend, simd }: Values): Omit<SweepOptions, "out"> {
  const commit = commitOf();
  return {
    ...(processes === undefined ? {} : { processes: wholeNumber(processes, "processes", 0) }),
    ...(threads === undefined ? {} : { threads: threads === "auto" ? "auto" : wholeNumber(threads, "threads", 1) }),
    ...(shard === undefined ? {} : { shard }),
    ...(data === undefined ? {} : { data }),
    ...(backend === undefined ? {} : { backend: backendOf(backend) }),
    ...(simd === undefined ? {} : { simd }),
    ...(commit === undefined ? {} : { commit }),
    retry: retry === true,
  };
}

function backendOf(text: string): NonNullable<SweepOptions["backend"]> {
  if (text === "auto" || text === "native" || text === "wasm") return text;
  throw new UsageError(`--backend must be auto, native or wasm, got "${text}"`);
}

/** The commit of the clone, marked where files differ from it; `undefined` where there is no git. */
function commitOf(): string | undefined {
  try {
    const words = ["describe", "--always", "--dirty", "--abbrev=8", "--exclude=*"];
    return execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function wholeNumber(text: string, name: string, min: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= min) return number;
  throw new UsageError(`--${name} must be a whole number from ${min}, got "${text}"`);
}

/** Seeds that an experiment may have. */
const MAX_SEEDS = 10_000;

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k + 1);
}

/** `3` is the seeds 1, 2 and 3; `4,7` is those two, `4,` only the one. */
export function parseSeeds(text: string): number[] {
  if (!text.includes(",")) {
    const count = wholeNumber(text, "seeds", 1);
    if (count > MAX_SEEDS) throw new UsageError(`--seeds must be at most ${MAX_SEEDS}, got ${count}`);
    return upTo(count);
  }
  const seeds = text.split(",").filter((part) => part !== "");
  return [...new Set(seeds.map((part) => wholeNumber(part, "seeds", 0)))];
}

/** The command line that asks for the same runs. */
export function commandOf(
  name: string,
  { quick, seeds, only, set = [] }: Pick<Values, "quick" | "seeds" | "only" | "set">,
): string {
  const words = [
    ...(quick ? ["--quick"] : []),
    ...(seeds ? ["--seeds", seeds] : []),
    ...(only ? ["--only", only] : []),
    ...set.flatMap((one) => ["--set", one]),
  ];
  return ["npm run experiment --", name, ...words.map(quoted)].join(" ");
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
