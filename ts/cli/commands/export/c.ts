import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exportC } from "../../../export/index.js";
import { load } from "../../../infer/load.js";
import { save } from "../../../io/files.node.js";
import type { Network } from "../../../network.js";
import { grouped } from "../../../report/result/texts.js";
import type { IntegerNetwork } from "../../../session/integer-network.js";
import { refuseOptions, wholeNumber } from "../../arguments.js";
import { openCheckpoint, openWithOrigin } from "../../checkpoint.js";
import { defineCommand } from "../../command.js";
import { type DataArguments, type DataSource, dataSource, loadSplit } from "../../data.js";
import { UsageError } from "../../exit.js";
import { compared, comparedJson, comparedLines, comparisonOptions } from "../../export/compared.js";
import { type Decide, decisionsOf } from "../../export/comparison.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { readLimit } from "../../read-limit.js";
import { refuseFileOfRun } from "../../train/output.js";

/** Options that say how whole numbers are made. */
const OF_INTEGERS = ["calibration", "state-bits", "percentile"] as const;
/** Samples that calibrate. */
const CALIBRATION = 200;

export const c = defineCommand({
  meta: { name: "c", description: "Writes the network of a checkpoint as C99: a header and a source file" },
  args: {
    checkpoint: { type: "positional", required: true, description: "checkpoint to read", valueHint: "CHECKPOINT" },
    out: { type: "string", required: true, description: "folder for NAME.h and NAME.c", valueHint: "DIR" },
    name: { type: "string", default: "network", description: "what the files and the names in C begin with", valueHint: "NAME" },
    values: { type: "boolean", description: "events of the input have values, as those of the encoding direct do" },
    "max-events": {
      type: "string",
      description: "most events of the input at a step, where pools or delays keep these; as many as there are inputs by default",
      valueHint: "N",
    },
    integers: { type: "boolean", description: "whole numbers, weights of 8 bits, instead of floating-point numbers" },
    calibration: {
      type: "string",
      description: `with --integers: training samples on which the largest states are measured; ${CALIBRATION} by default`,
      valueHint: "N",
    },
    "state-bits": { type: "enum", options: ["16", "32"], description: "with --integers: bits of the states; 32 by default" },
    percentile: {
      type: "string",
      description: "with --integers: percentile of the weights of a unit that becomes ±127; 100 by default",
      valueHint: "P",
    },
    ...comparisonOptions,
    ...dataOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const { name, integers: areWhole = false, values = false } = args;
    if (!areWhole) refuseOptions(args, OF_INTEGERS, "only --integers measures whole numbers");
    const files = [`${name}.h`, `${name}.c`].map((file) => join(args.out, file)) as [string, string];
    files.forEach(refuseFileOfRun);
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const opened = areWhole ? await openCheckpoint(args, choices) : await openWithOrigin(args, choices);
    using network = opened.network;
    using whole = areWhole ? await wholeNumbers(network, args, opened.known, signal) : undefined;
    const model = await network.exportModel();
    const { header, source } = exportC(model, {
      name,
      values,
      ...(whole && { integers: whole.integers }),
      ...(args["max-events"] !== undefined && { maxEvents: wholeNumber(args["max-events"], "max-events", 1) }),
    });
    const found = await compared(opened, whole ? decisionsOfWhole(whole) : decisionsOf(load(model), network), args, signal);
    await mkdir(args.out, { recursive: true });
    await save(files[0], header);
    await save(files[1], source);
    const numbers = areWhole ? "integers" : "float32";
    const result = { header: files[0], source: files[1], numbers, bytes: source.length, ...comparedJson(found) };
    printResult(args.json, result, () => [
      `wrote ${files.join(" and ")} (${numbers}, ${grouped(source.length)} bytes)`,
      ...comparedLines(found),
    ]);
  },
});

/** The C has the arithmetic of the network of whole numbers, bit for bit. */
function decisionsOfWhole(whole: IntegerNetwork): Decide {
  return async (samples, { signal }) => (await whole.predict(samples, signal === undefined ? {} : { signal })).classes;
}

/** What says how whole numbers are made. */
interface IntegerArguments extends DataArguments {
  calibration?: string | undefined;
  "state-bits"?: "16" | "32" | undefined;
  percentile?: string | undefined;
  json?: boolean | undefined;
}

async function wholeNumbers(
  network: Network,
  args: IntegerArguments,
  known: Partial<DataSource> | undefined,
  signal: AbortSignal,
): Promise<IntegerNetwork> {
  const count = args.calibration === undefined ? CALIBRATION : wholeNumber(args.calibration, "calibration", 1);
  const { backend, config } = network;
  const { steps } = config.network;
  const { train } = await loadSplit(dataSource(args, known), { backend, steps, signal, isShown: !args.json, ...readLimit(args) });
  if (train.length === 0) throw new UsageError("--integers needs training samples: give other data");
  return network.quantize({
    calibration: train.slice(0, Math.min(count, train.length)),
    ...(args["state-bits"] !== undefined && { stateBits: args["state-bits"] === "16" ? 16 : 32 }),
    ...(args.percentile !== undefined && { percentile: percentOf(args.percentile) }),
  });
}

function percentOf(text: string): number {
  const percentile = Number(text);
  if (text.trim() !== "" && percentile > 0 && percentile <= 100) return percentile;
  throw new UsageError(`--percentile must be above 0 and at most 100, got "${text}"`);
}
