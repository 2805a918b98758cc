import { readFile } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SpikeletError } from "../../../errors.js";
import { save } from "../../../io/files.node.js";
import { recordText } from "../../../kernels/format.js";
import { gridOf, kernelsOf, shapesOf, valuesOf } from "../../../kernels/grid.js";
import { measureCeilings, measureKernels, type Plan } from "../../../kernels/measure.js";
import { javaScriptKernels, type OwnKernels, wasmKernelsOf } from "../../../kernels/own-kernel.js";
import type { KernelLine, KernelRecord } from "../../../kernels/record.js";
import type { CaseDescription, KernelDescription, KernelHost } from "../../../runtime/kernels.js";
import { wholeNumber } from "../../arguments.js";
import { against, readRecord } from "../../bench/kernels/compared.js";
import { kernelHost, levelsOf } from "../../bench/kernels/host.js";
import { afterwards, originHere } from "../../bench/kernels/origin.js";
import { measurePairs } from "../../bench/kernels/pair.js";
import { ceilingText, descriptionText, lineText, ratioText } from "../../bench/kernels/text.js";
import { disturbance, Load } from "../../bench/load.js";
import { defineCommand } from "../../command.js";
import { UsageError } from "../../exit.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { outputOptions } from "../../options.js";
import { printResult, say } from "../../print.js";

export const kernels = defineCommand({
  meta: { name: "kernels", description: "Measures kernels beside what this machine could do at best" },
  args: {
    names: { type: "positional", isMany: true, description: "which kernels; all by default", valueHint: "KERNEL" },
    list: { type: "boolean", description: "say which kernels there are and what they depend on" },
    shape: {
      type: "string",
      isMany: true,
      description: "values of a parameter, may be repeated: density=0.01,0.1; by default each is varied alone",
      valueHint: "NAME=VALUES",
    },
    simd: { type: "string", description: "SIMD levels, with commas; all by default", valueHint: "LEVELS" },
    threads: { type: "string", default: "1", description: "numbers of threads, with commas", valueHint: "NUMBERS" },
    backend: { type: "string", description: "auto, native or wasm", valueHint: "NAME" },
    own: {
      type: "string",
      description: "kernels of your own: an ES module, or a WebAssembly module with raw exports",
      valueHint: "FILE",
    },
    tolerance: {
      type: "string",
      description: "how far your kernels may be from the plain twins, over the greatest magnitude; to the bit by default",
      valueHint: "X",
    },
    before: { type: "string", description: "measure the build of another clone in turns with this one", valueHint: "CHECKOUT" },
    against: { type: "string", description: "compare with a record of before", valueHint: "FILE" },
    out: { type: "string", description: "file for a record of all that was measured", valueHint: "FILE" },
    rounds: { type: "string", default: "11", description: "turns of each contestant, at least 6", valueHint: "N" },
    milliseconds: { type: "string", default: "2", description: "length of a turn", valueHint: "N" },
    ...outputOptions,
  },
  async run({ args }) {
    const { backend, signal } = choicesOf({ backend: args.backend }, abortOnInterrupt());
    const host = await kernelHost(backend);
    const chosen = kernelsOf(host.catalogue, args.names);
    if (args.list) {
      for (const one of chosen) printResult(args.json, { ...one, ...arraysOf(host, one) }, () => [descriptionText(one)]);
      return;
    }
    const given = shapesGiven(args.shape, new Set(chosen.flatMap(({ parameters }) => parameters.map(({ name }) => name))));
    const shapes = new Map(chosen.map((kernel) => [kernel, args.shape.length === 0 ? gridOf(kernel) : shapesOf(kernel, given)]));
    const threads = list(args.threads).map((word) => wholeNumber(word, "threads", 1));
    if (host.kind === "wasm" && threads.some((count) => count > 1))
      throw new UsageError("kernels in WebAssembly have one thread");
    const plan: Plan = {
      kernels: chosen,
      shapes: (kernel) => shapes.get(kernel) ?? [],
      levels: levelsOf(host, list(args.simd ?? "")),
      threads,
      rounds: wholeNumber(args.rounds, "rounds", 6),
      milliseconds: wholeNumber(args.milliseconds, "milliseconds", 1),
      own: args.own === undefined ? undefined : await ownKernels(args.own, args.tolerance),
      signal,
    };
    const load = new Load();
    if (args.before !== undefined) {
      for await (const pair of measurePairs(args.before, host.kind, plan)) {
        printResult(args.json, pair, () => [
          `${pair.kernel} ${pair.way}, ${JSON.stringify(pair.shape)}: ${ratioText(pair.ratio)}`,
        ]);
      }
    } else {
      const earlier = args.against === undefined ? undefined : await readRecord(args.against);
      const origin = originHere();
      const ceilings = await measureCeilings(host, plan);
      for (const ceiling of ceilings) printResult(args.json, { type: "ceiling", ...ceiling }, () => [ceilingText(ceiling)]);
      const lines: KernelLine[] = [];
      for await (const line of measureKernels(host, ceilings, plan)) {
        lines.push(line);
        const change = earlier && against(earlier, line);
        const shown = { type: "kernel", ...line, ...(change === undefined ? {} : { against: change }) };
        printResult(args.json, shown, () => [
          lineText(line),
          ...(change === undefined ? [] : [`  since then ${ratioText(change)}`]),
        ]);
      }
      const record: KernelRecord = { type: "kernels", origin: afterwards(origin), ceilings, lines };
      if (args.out !== undefined) await save(args.out, recordText(record));
    }
    const disturbed = disturbance(load.ofOthers());
    if (disturbed !== undefined) say(`warning: ${disturbed}`);
  },
});

/** What an own kernel gets besides the parameters, in the order in which WebAssembly gets it. */
function arraysOf(host: KernelHost, kernel: KernelDescription): Pick<CaseDescription, "constants" | "inputs" | "outputs"> {
  const [standard = {}] = gridOf(kernel);
  const opened = host.open(kernel.name, valuesOf(kernel, standard), 1);
  const { constants, inputs, outputs } = opened.describe();
  opened.dispose();
  return { constants, inputs, outputs };
}

function list(text: string): string[] {
  return text.split(",").filter((word) => word !== "");
}

/** Values of parameters by name. */
function shapesGiven(words: readonly string[], known: ReadonlySet<string>): Record<string, number[]> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = "", values = ""] = word.split("=");
      const numbers = list(values).map(Number);
      if (!known.has(name))
        throw new UsageError(`--shape ${word}: none of these kernels has ${name}; they have ${[...known].join(", ")}`);
      if (numbers.length === 0 || numbers.some(Number.isNaN)) throw new UsageError(`--shape ${word}: must be NAME=NUMBER,NUMBER`);
      return [name, numbers];
    }),
  );
}

async function ownKernels(file: string, tolerance = "0"): Promise<{ kernels: OwnKernels; tolerance: number }> {
  const bound = Number(tolerance);
  if (!(bound >= 0)) throw new UsageError(`--tolerance must be a number from 0, got "${tolerance}"`);
  const name = basename(file);
  try {
    const kernels =
      extname(file) === ".wasm"
        ? await wasmKernelsOf(name, new Uint8Array(await readFile(file)))
        : javaScriptKernels(name, await import(pathToFileURL(resolve(file)).href));
    return { kernels, tolerance: bound };
  } catch (thrown) {
    if (thrown instanceof SpikeletError) throw thrown;
    throw new SpikeletError("DATA_FORMAT", file, `can't be loaded: ${String(thrown)}`, thrown);
  }
}
