import type { Config } from "../../generated/config.js";
import { save } from "../../io/files.node.js";
import { createNetwork } from "../../network.js";
import { networkGraph } from "../../plot/index.js";
import { presets } from "../../presets.js";
import { outline, summary } from "../../summary.js";
import { version } from "../../version.js";
import { refuseOptions, refuseOwnInput } from "../arguments.js";
import { defineCommand } from "../command.js";
import { type ConfigArguments, readConfiguration } from "../configuration.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, outputOptions } from "../options.js";
import { printResult } from "../print.js";

export const info = defineCommand({
  meta: {
    name: "info",
    description:
      "Prints versions, backend, SIMD level and threads, with the reasons, and of a network its layers and how errors reach them",
  },
  args: {
    config: {
      type: "positional",
      description: "configuration file (JSON) or preset, of which the layers and the plan of the backward pass are printed",
      valueHint: "CONFIG",
    },
    svg: { type: "string", description: "file for a figure of the network of CONFIG", valueHint: "FILE" },
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    if (args.config === undefined) refuseOptions(args, ["svg"], "there is no CONFIG whose network could be drawn");
    else if (args.svg !== undefined) refuseOwnInput(args.svg, args.config);
    const config = args.config === undefined ? SMALLEST : (await readConfiguration(written(args.config), [])).config;
    using network = await createNetwork(config, choicesOf(args, new AbortController().signal));
    const { backend, info: session } = network;
    const report = {
      version,
      core: backend.version,
      backend: {
        kind: backend.kind,
        simd: session.simd,
        simdReason: simdReason(args.simd, backend.simdLevels),
        simdLevels: backend.simdLevels,
        threads: session.threads,
        threadsReason: threadsReason(args.threads, backend.kind),
        reason: backend.reason,
      },
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      ...(args.config !== undefined && { layers: session.layers, outline: outline(network) }),
    };
    if (args.svg !== undefined) await save(args.svg, networkGraph(outline(network)));
    const described = args.config === undefined ? [] : ["", ...(await summary(network)).split("\n")];
    printResult(args.json, report, () => [
      `spikelet   ${report.version} (core ${report.core})`,
      `backend    ${report.backend.kind}: ${report.backend.reason}`,
      `SIMD       ${report.backend.simd}: ${report.backend.simdReason}`,
      `threads    ${report.backend.threads}: ${report.backend.threadsReason}`,
      `node       ${report.node}, ${report.platform}`,
      ...described,
    ]);
  },
});

const SMALLEST: Config = { network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 }] } };

function written(config: string): ConfigArguments {
  return Object.hasOwn(presets, config) ? { preset: config } : { config };
}

function simdReason(option: string | undefined, levels: readonly string[]): string {
  const there = `this machine has ${levels.join(", ")}`;
  return option === undefined ? `the widest; ${there}` : `--simd asks for it; ${there}`;
}

function threadsReason(option: string | undefined, kind: string): string {
  if (kind === "wasm") return "WebAssembly has one in Node; a page may have several workers";
  if (option !== undefined && option !== "auto") return "--threads asks for them";
  return "one for each core that this process may use";
}
