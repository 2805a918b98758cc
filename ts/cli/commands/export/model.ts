import { load } from "../../../infer/load.js";
import { save } from "../../../io/files.node.js";
import { grouped } from "../../../report/result/texts.js";
import { refuseOwnInput } from "../../arguments.js";
import { openWithOrigin } from "../../checkpoint.js";
import { defineCommand } from "../../command.js";
import { compared, comparedJson, comparedLines, comparisonOptions } from "../../export/compared.js";
import { decisionsOf } from "../../export/comparison.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { choicesOf } from "../../invocation.js";
import { computeOptions, dataOptions, outputOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { refuseFileOfRun } from "../../train/output.js";

export const model = defineCommand({
  meta: { name: "model", description: "Writes the network of a checkpoint as a model file, which spikelet/infer runs" },
  args: {
    checkpoint: { type: "positional", required: true, description: "checkpoint to read", valueHint: "CHECKPOINT" },
    out: { type: "string", required: true, description: "file to write", valueHint: "FILE" },
    weights: {
      type: "enum",
      options: ["float32", "float16", "int8", "int4"],
      default: "float32",
      description: "float32 keeps every bit; the file has half of it with float16, a quarter with int8, an eighth with int4",
    },
    ...comparisonOptions,
    ...dataOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    refuseOwnInput(args.out, args.checkpoint);
    refuseFileOfRun(args.out);
    const signal = abortOnInterrupt();
    const opened = await openWithOrigin(args, choicesOf(args, signal));
    using network = opened.network;
    const { weights } = args;
    const bytes = await network.exportModel({ weights });
    const found = await compared(opened, decisionsOf(load(bytes), network), args, signal);
    await save(args.out, bytes);
    const result = { file: args.out, weights, bytes: bytes.length, ...comparedJson(found) };
    printResult(args.json, result, () => [
      `wrote ${args.out} (${weights}, ${grouped(bytes.length)} bytes)`,
      ...comparedLines(found),
    ]);
  },
});
