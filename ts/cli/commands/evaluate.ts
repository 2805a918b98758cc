import { defineCommand } from "citty";
import { warningsOf } from "../../health/watch.js";
import { version } from "../../version.js";
import { backendRecord } from "../backend-record.js";
import { openCheckpoint } from "../checkpoint.js";
import { dataSource, loadSplit } from "../data.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { checkpointOptions, computeOptions, dataOptions, outputOptions, splitOptions } from "../options.js";
import { metricLines, printResult, warningLines } from "../print.js";

export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Accuracy, loss, spikes and cost of a checkpoint" },
  args: { ...checkpointOptions, ...dataOptions, ...splitOptions, ...computeOptions, ...outputOptions },
  async run({ args }) {
    const signal = abortOnInterrupt();
    const { network: opened, record } = await openCheckpoint(args, choicesOf(args, signal));
    using network = opened;
    const source = dataSource(args, record?.data);
    const { steps } = network.config.network;
    const split = await loadSplit(source, { backend: network.backend, steps, signal });
    const metrics = await network.evaluate(split[args.split as keyof typeof split], { signal });
    const warnings = warningsOf(metrics, network.config, network.info.layers);
    const report = {
      [args.split]: metrics,
      warnings,
      data: source,
      backend: backendRecord(network),
      config: network.config,
      version,
    };
    printResult(args.json === true, report, () => [...metricLines(args.split, metrics), ...warnings.flatMap(warningLines)]);
  },
});
