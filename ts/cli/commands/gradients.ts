import type { Network } from "../../network.js";
import { createNetwork } from "../../network.js";
import { refuseOptions, wholeNumber } from "../arguments.js";
import { openCheckpoint } from "../checkpoint.js";
import { defineCommand } from "../command.js";
import { readConfiguration } from "../configuration.js";
import { type DataSource, dataSource, loadSplit, samplesFrom } from "../data.js";
import { UsageError } from "../exit.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, configOptions, dataOptions, outputOptions, splitOptions } from "../options.js";
import { printResult } from "../print.js";
import { readLimit } from "../read-limit.js";

export const gradients = defineCommand({
  meta: { name: "gradients", description: "Prints loss and gradients of a few samples, for a checkpoint or a new network" },
  args: {
    ...checkpointOptions,
    ...configOptions,
    ...dataOptions,
    ...splitOptions,
    start: { type: "string", default: "0", description: "first sample of the part", valueHint: "N" },
    samples: { type: "string", default: "16", description: "how many", valueHint: "N" },
    arrays: { type: "boolean", description: "with --json: every element of the gradients too" },
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    if (args.checkpoint !== undefined) {
      refuseOptions(args, ["config", "preset", "set", "seed"], "--checkpoint takes the configuration from the checkpoint");
    }
    if (args.arrays && !args.json) throw new UsageError("--arrays needs --json");
    const signal = abortOnInterrupt();
    const choices = choicesOf(args, signal);
    const start = wholeNumber(args.start, "start");
    const count = wholeNumber(args.samples, "samples", 1);
    const open = async (): Promise<{ network: Network; known?: Partial<DataSource> | undefined }> => {
      if (args.checkpoint !== undefined) return openCheckpoint(args, choices);
      const { config, data } = await readConfiguration(args, args.set);
      return { network: await createNetwork(config, choices), known: data };
    };
    const opened = await open();
    using network = opened.network;
    const { steps } = network.config.network;
    const split = await loadSplit(dataSource(args, opened.known), {
      backend: network.backend,
      steps,
      signal,
      ...readLimit(args),
    });
    const batch = samplesFrom(split[args.split], args.split, start, count);
    const { loss, layers, metrics } = await network.gradients(batch);
    const shapes = network.info.layers;
    const arrayReport = (values: Float32Array) => ({ ...summaryOf(values), ...(args.arrays && { values: Array.from(values) }) });
    const summary = layers.map(({ weights, biases, learnt = {} }, layer) => {
      const constants = Object.entries(learnt).map(([name, values]) => [name, arrayReport(values)] as const);
      const own = constants.length === 0 ? {} : { learnt: Object.fromEntries(constants) };
      return { ...shapes[layer], weights: arrayReport(weights), biases: arrayReport(biases), ...own };
    });
    printResult(args.json, { samples: batch.length, loss, lossParts: metrics.lossParts, layers: summary }, () => [
      `loss ${loss} over ${batch.length} samples`,
      ...summary.map(
        ({ inputs, units, weights, biases, learnt = {} }, layer) =>
          `layer ${layer} (${inputs} to ${units}): weights norm ${weights.norm.toPrecision(5)}, largest ${weights.largest.toPrecision(5)}, ` +
          `${weights.zero} of ${weights.length} zero; biases norm ${biases.norm.toPrecision(5)}` +
          Object.entries(learnt)
            .map(([name, { norm }]) => `, ${name} norm ${norm.toPrecision(5)}`)
            .join(""),
      ),
    ]);
  },
});

function summaryOf(values: Float32Array): { length: number; norm: number; largest: number; zero: number } {
  let squares = 0;
  let largest = 0;
  let zero = 0;
  for (const value of values) {
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
    if (value === 0) zero += 1;
  }
  return { length: values.length, norm: Math.sqrt(squares), largest, zero };
}
