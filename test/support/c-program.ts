import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CFiles } from "spikelet/export";
import type { SpikeTrain } from "spikelet/infer";

/** A network in C and what it is asked. */
export interface CCase {
  /** What its names begin with. */
  name: string;
  files: CFiles;
  samples: readonly SpikeTrain[];
}

/** What a network in C answered to a sample. */
export interface CAnswer {
  steps: number;
  /** Output spikes: step and unit. */
  spikes: [step: number, unit: number][];
  /** `[step][output]`: membranes of a readout; floats as bits. */
  membranes: number[];
  decision: number | undefined;
  byCount: number | undefined;
  byFirstSpike: number | undefined;
  firstSpikeStep: number | undefined;
  counts: number[];
  /** Scores of a readout: whole numbers, or doubles rounded to single precision. */
  scores: number[];
  isWhole: boolean;
  /** Decision over the same steps once more, by units that went on from their states. */
  again: number | undefined;
}

/** A compiler and what its programs run on. */
export interface Toolchain {
  compiler: string;
  options: readonly string[];
  /** Further files of C by their names, such as what starts a processor. */
  files: Readonly<Record<string, string>>;
  /** The command that runs a program. */
  run(program: string): [command: string, ...words: string[]];
}

/** What hosts compile with. */
export const HOST: Toolchain = { compiler: "cc", options: ["-O1"], files: {}, run: (program) => [program] };

/** One sentence if a command is not there. */
export function missing(command: string): string | undefined {
  return spawnSync(command, ["--version"]).status === 0 ? undefined : `needs ${command}`;
}

/**
 * Compiles networks into one program, runs it, and returns the answers of each to each sample.
 *
 * @param folder an empty one.
 */
export function answersInC(folder: string, cases: readonly CCase[], toolchain: Toolchain = HOST): CAnswer[][] {
  mkdirSync(folder, { recursive: true });
  for (const { name, files } of cases) {
    writeFileSync(join(folder, `${name}.h`), files.header);
    writeFileSync(join(folder, `${name}.c`), files.source);
  }
  const { compiler, options, files: further } = toolchain;
  const others = { ...further, "main.c": mainOf(cases) };
  for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
  const sources = [...Object.keys(others), ...cases.map(({ name }) => `${name}.c`)];
  const warnings = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror"];
  called(folder, compiler, [...warnings, ...options, ...sources, "-o", "program"]);
  const [command, ...words] = toolchain.run(join(folder, "program"));
  const lines = called(folder, command, words).split("\n").slice(0, -1);
  return cases.map(({ samples }) => samples.map(() => answerOf(lines)));
}

function called(cwd: string, command: string, words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}:\n${stderr.slice(0, 4000)}`);
  return stdout;
}

/** Reads the lines of one answer: steps and spikes, membranes, decisions, counts, scores, decision of the second time. */
function answerOf(lines: string[]): CAnswer {
  const row = () => (lines.shift() ?? "").split(" ").filter((word) => word !== "");
  const numbers = () => row().map(Number);
  const [steps = Number.NaN, ...spikes] = numbers();
  const membranes = numbers();
  const orNothing = (value = -1) => (value < 0 ? undefined : value);
  const [decision, byCount, byFirstSpike, firstSpikeStep] = numbers().map(orNothing);
  const counts = numbers();
  const [kind, ...scores] = row();
  const [again] = numbers().map(orNothing);
  return {
    steps,
    spikes: Array.from({ length: spikes.length / 2 }, (_, k) => [spikes[2 * k] as number, spikes[2 * k + 1] as number]),
    membranes,
    decision,
    byCount,
    byFirstSpike,
    firstSpikeStep,
    counts,
    isWhole: kind === "whole",
    again,
    scores: scores.map((word) =>
      kind === "whole" ? Number(BigInt.asIntN(64, BigInt(`0x${word}`))) : Math.fround(doubleOf(word)),
    ),
  };
}

function doubleOf(bits: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

function mainOf(cases: readonly CCase[]): string {
  return [
    ...cases.map(({ name }) => `#include "${name}.h"`),
    "#include <stdio.h>",
    "#include <string.h>",
    HELPERS,
    ...cases.map(tablesOf),
    ...cases.map(runnerOf),
    "int main(void) {",
    ...cases.map(({ name }) => `  run_${name}();`),
    "  return 0;",
    "}",
    "",
  ].join("\n");
}

/** Floats are shown as their bits, whole numbers of 64 bits as 16 hexadecimal digits. */
const HELPERS = `
void show_float(float x);
void show_double(double x);
void show_whole(int64_t x);
void show_float(float x) { uint32_t bits; memcpy(&bits, &x, sizeof bits); printf("%lu ", (unsigned long)bits); }
static void show_bits(uint64_t x) { printf("%08lx%08lx ", (unsigned long)(x >> 32), (unsigned long)(x & 0xffffffff)); }
void show_double(double x) { uint64_t bits; memcpy(&bits, &x, sizeof bits); show_bits(bits); }
void show_whole(int64_t x) { show_bits((uint64_t)x); }
`;

/** Events of each sample by step, and how many there are at each. */
function tablesOf({ name, samples, files }: CCase): string {
  const unit = /const (uint\d+_t) \*units/.exec(files.header)?.[1] ?? "";
  const steps = Number(/_STEPS (\d+)/.exec(files.header)?.[1]);
  return samples
    .flatMap(({ times, units, values }, sample) => {
      const order = Array.from({ length: times.length }, (_, k) => k).sort(
        (a, b) => (times[a] as number) - (times[b] as number) || (units[a] as number) - (units[b] as number),
      );
      const counts = new Array<number>(steps).fill(0);
      for (const k of order) counts[times[k] as number] = (counts[times[k] as number] as number) + 1;
      const table = (type: string, what: string, entries: (number | string)[]) =>
        `static const ${type} ${name}_${what}${sample}[] = {${[...entries, 0].join(", ")}};`;
      const valued = order.map((k) => `${Math.fround(values?.[k] ?? 1).toExponential(8)}f`);
      return [
        table("int32_t", "counts", counts),
        table(
          unit,
          "units",
          order.map((k) => units[k] as number),
        ),
        ...(takesValues(files) ? [table("float", "values", valued)] : []),
      ];
    })
    .join("\n");
}

function takesValues({ header }: CFiles): boolean {
  return header.includes("const float *values");
}

function runnerOf({ name, samples, files }: CCase): string {
  const { header } = files;
  const unit = /const (uint\d+_t) \*units/.exec(header)?.[1] ?? "";
  const isReadout = header.includes(`${name}_membranes(`);
  const isWhole = !header.includes("-ffp-contract");
  const [upper, hasValues, has] = [name.toUpperCase(), takesValues(files), (what: string) => header.includes(`${name}_${what}(`)];
  const shown = isWhole ? 'printf("%ld ", (long)' : "show_float(";
  const listed = isReadout ? `for (int32_t k = 0; k < ${upper}_OUTPUTS; k++) ${shown}${name}_membranes(&s)[k]);` : "";
  const spikes = `for (int32_t k = 0; k < fired; k++) printf("%ld %ld ", (long)t, (long)${name}_spikes(&s)[k]);`;
  const step = (then: string) => `  ${name}_reset(&s);
  at = 0;
  for (t = 0; !${name}_ended(&s); t++) {
    const int32_t fired = ${name}_step(&s, units + at, ${hasValues ? "values + at, " : ""}counts[t]);
    at += counts[t];
    if (fired < 0) { printf("refused"); return; }
    ${then}
  }`;
  // The first pass tells how many steps there are, and leaves states that the reset has to clear.
  return `
static void ask_${name}(const int32_t *counts, const ${unit} *units${hasValues ? ", const float *values" : ""}) {
  static ${name}_state s;
  int32_t at, t;
${step("(void)fired;")}
  printf("%ld ", (long)t);
${step(isReadout ? "" : spikes)}
  printf("\\n");
${isReadout ? step(listed) : ""}
  printf("\\n");
  printf("%ld ", (long)${has("decision") ? `${name}_decision(&s)` : "-1"});
  ${has("by_count") ? `printf("%ld %ld %ld", (long)${name}_by_count(&s), (long)${name}_by_first_spike(&s), (long)${name}_first_spike_step(&s));` : ""}
  printf("\\n");
  ${has("counts") ? `for (int32_t k = 0; k < ${upper}_OUTPUTS; k++) printf("%ld ", (long)${name}_counts(&s)[k]);` : ""}
  printf("\\n${isWhole ? "whole" : "float"} ");
  ${has("score") ? `for (int32_t k = 0; k < ${upper}_OUTPUTS; k++) ${isWhole ? "show_whole" : "show_double"}(${name}_score(&s, k));` : ""}
  printf("\\n");
  ${has("decision") ? `${name}_reset_decision(&s);` : ""}
  at = 0;
  for (int32_t step = 0; step < t; step++) {
    ${name}_step(&s, units + at, ${hasValues ? "values + at, " : ""}counts[step]);
    at += counts[step];
  }
  printf("%ld\\n", (long)${has("decision") ? `${name}_decision(&s)` : "-1"});
}
static void run_${name}(void) {
${samples.map((_, k) => `  ask_${name}(${name}_counts${k}, ${name}_units${k}${hasValues ? `, ${name}_values${k}` : ""});`).join("\n")}
}`;
}
