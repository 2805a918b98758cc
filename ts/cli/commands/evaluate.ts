import { decisionOf } from "../../decisions.js";
import { warningsOf } from "../../health/watch.js";
import { neuroBench } from "../../neurobench.js";
import { backendSummary } from "../../report/result/backend-summary.js";
import type { ResultSummary } from "../../report/result/network-page.js";
import { lateInputOf } from "../../session/late-input.js";
import { version } from "../../version.js";
import { openCheckpoint } from "../checkpoint.js";
import { defineCommand } from "../command.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { withProgress } from "../live-line.js";
import { checkpointOptions, computeOptions, dataOptions, outputOptions, partOptions, passOptions } from "../options.js";
import { chosenSamples } from "../part.js";
import { metricLines, printResult, warningLines } from "../print.js";
import { readLimit } from "../read-limit.js";
import { writeResultPage } from "../report/write.js";
import { openOutput, refuseBesideTraining } from "../train/output.js";

export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Reports accuracy, loss, spikes and cost of a checkpoint" },
  args: {
    ...checkpointOptions,
    ...dataOptions,
    ...partOptions,
    out: { type: "string", description: "folder for report.json and report.html; none by default", valueHint: "DIR" },
    ...passOptions,
    ...computeOptions,
    ...outputOptions,
  },
  async run({ args }) {
    const signal = abortOnInterrupt();
    using output = args.out === undefined ? undefined : await openOutput(args.out, { signal });
    if (output !== undefined) refuseBesideTraining(output.files.dir);
    const opened = await openCheckpoint(args, choicesOf(args, signal));
    using network = opened.network;
    const { steps } = network.config.network;
    const how = { backend: network.backend, steps, signal, isShown: !args.json, ...readLimit(args) };
    const { part, samples, source } = await chosenSamples(args, opened, how);
    const earlyDecision = args["early-decision"];
    const metrics = await withProgress("samples evaluated", args.json, (onProgress) =>
      network.evaluate(samples, { signal, earlyDecision, ...(onProgress && { onProgress }) }),
    );
    // Units that would have fired later are not silent.
    const late = await lateInputOf(samples, steps, network.backend);
    const warnings = earlyDecision ? [] : warningsOf(metrics, network.config, network.info.layers, late);
    const report = {
      [part]: metrics,
      ...(earlyDecision && { earlyDecision }),
      neuroBench: await neuroBench(network, metrics),
      warnings,
      data: source,
      backend: backendSummary(network),
      config: network.config,
      version,
    };
    if (output !== undefined) {
      const { folder, files } = output;
      const title = `Evaluation on ${samples.info.name}`;
      const facts: ResultSummary["facts"] = earlyDecision ? [["simulated until", "the first output spike of each sample"]] : [];
      const summary = { title, part, metrics, warnings, epochs: [], facts, data: source };
      await folder.save(files.report, `${JSON.stringify(report, null, 2)}\n`);
      await writeResultPage(output, summary, { network, samples, signal, earlyDecision });
    }
    printResult(args.json, report, () => [
      ...metricLines(part, metrics, decisionOf(network.config)),
      ...warnings.flatMap((one) => warningLines(one)),
    ]);
  },
});
