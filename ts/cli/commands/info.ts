import type { Config } from "../../generated/config.js";
import { createNetwork } from "../../network.js";
import type { LayerInfo, LayerPlan } from "../../network-info.js";
import { presets } from "../../presets.js";
import { version } from "../../version.js";
import { defineCommand } from "../command.js";
import { type ConfigArguments, readConfiguration } from "../configuration.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, outputOptions } from "../options.js";
import { printResult } from "../print.js";

export const info = defineCommand({
  meta: {
    name: "info",
    description:
      "Prints versions, backend, SIMD level and threads, with the reasons, and how errors reach the layers of a network",
  },
  args: {
    config: {
      type: "positional",
      description: "configuration file (JSON) or preset, of which the plan of the backward pass is printed",
      valueHint: "CONFIG",
    },
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
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
      ...(args.config !== undefined && { layers: session.layers }),
    };
    printResult(args.json, report, () => [
      `spikelet   ${report.version} (core ${report.core})`,
      `backend    ${report.backend.kind}: ${report.backend.reason}`,
      `SIMD       ${report.backend.simd}: ${report.backend.simdReason}`,
      `threads    ${report.backend.threads}: ${report.backend.threadsReason}`,
      `node       ${report.node}, ${report.platform}`,
      ...(report.layers ?? []).flatMap(planLines),
    ]);
  },
});

const SMALLEST: Config = { network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 }] } };

function written(config: string): ConfigArguments {
  return Object.hasOwn(presets, config) ? { preset: config } : { config };
}

function planLines({ units, plan }: LayerInfo, index: number): string[] {
  const name = `layer ${index}`.padEnd(10);
  return plan.flatMap((pass, number) => [
    `${number === 0 ? `${name} ${units} units: ` : " ".repeat(11)}${ways(pass)}`,
    `           costs ${pass.cost.join(" + ")}`,
    ...(pass.cheaper === undefined ? [] : [`           cheaper with ${pass.cheaper.join(", ")}`]),
  ]);
}

const ERRORS: Record<LayerPlan["errors"], string> = {
  loss: "spike gradients from the loss",
  product: "spike gradients by a product with the next layer's weights at every step",
  rows: "spike gradients by rows from units of the next layer that have one",
  carried: "spike gradients carried along from what the output injects",
  none: "no spike gradients",
};

const TIMES: Record<LayerPlan["times"], string> = {
  loss: "time gradients from the loss",
  listed: "time gradients by a row of weights for each spike",
  rows: "time gradients by a row of weights for each spike",
  none: "no time gradients",
};

const WITHIN: Record<NonNullable<LayerPlan["within"]>, string> = {
  rows: "within the layer by rows from the units that need an error",
  product: "within the layer by a product with its recurrent weights at every step",
  rowsOfAll: "within the layer by rows from all units at every step",
};

function ways({ errors, times, within }: LayerPlan): string {
  return [ERRORS[errors], TIMES[times], ...(within === undefined ? [] : [WITHIN[within]])].join("; ");
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
