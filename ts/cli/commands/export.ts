import { extname } from "node:path";
import { type ExportedNetwork, exportNir, exportWeights, type NirExportOptions } from "../../exchange/index.js";
import { save } from "../../io/files.node.js";
import type { Network } from "../../network.js";
import { grouped } from "../../report/result/texts.js";
import { refuseOptions, refuseOwnInput } from "../arguments.js";
import { openNetwork } from "../checkpoint.js";
import { defineCommand } from "../command.js";
import { nirTime } from "../exchange.js";
import { UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, nirOptions, outputOptions } from "../options.js";
import { printResult, say } from "../print.js";
import { refuseFileOfRun } from "../train/output.js";

const FORMATS = ["nir", "safetensors", "npz"] as const;
type Format = (typeof FORMATS)[number];

export const exportCommand = defineCommand({
  meta: { name: "export", description: "Writes the network of a checkpoint for other programs" },
  subCommands: {
    model: async () => (await import("./export/model.js")).model,
    c: async () => (await import("./export/c.js")).c,
  },
  args: {
    ...checkpointOptions,
    out: { type: "string", required: true, description: "file to write", valueHint: "FILE" },
    format: {
      type: "string",
      description: `${FORMATS.join(", ")}; from the ending of the file by default`,
      valueHint: "FORMAT",
    },
    ...nirOptions,
    bias: {
      type: "enum",
      options: ["leak", "affine"],
      description: "NIR: biases as v_leak, which is exact, or as currents, which more programs read; leak by default",
    },
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const format = formatOf(args.format, args.out);
    if (format !== "nir") refuseOptions(args, ["dt", "discretization", "bias"], `${format} holds weights alone`);
    if (args.checkpoint !== undefined) refuseOwnInput(args.out, args.checkpoint);
    refuseFileOfRun(args.out);
    using network = await openNetwork(args, choicesOf(args, abortOnInterrupt()));
    const { bytes, approximations } = await written(network, format, {
      ...nirTime(args),
      ...(args.bias === undefined ? {} : { bias: args.bias }),
    });
    for (const sentence of approximations) say(`approximate: ${sentence}`);
    await save(args.out, bytes);
    const result = { file: args.out, format, bytes: bytes.length, approximations };
    printResult(args.json, result, () => [`wrote ${args.out} (${format}, ${grouped(bytes.length)} bytes)`]);
  },
});

async function written(network: Network, format: Format, options: NirExportOptions): Promise<ExportedNetwork> {
  if (format === "nir") return exportNir(network, options);
  return { bytes: await exportWeights(network, { format }), approximations: [] };
}

function formatOf(given: string | undefined, file: string): Format {
  const name = given ?? extname(file).slice(1);
  const format = FORMATS.find((format) => format === name);
  if (format !== undefined) return format;
  const what = given === undefined ? `--out ${file} does not end in a format` : `there is no format "${given}"`;
  throw new UsageError(`${what}: give --format ${FORMATS.join(", ")}`);
}
