import type { Split } from "../../datasets/dataset.js";
import { decisionOf } from "../../decisions.js";
import { SpikeletError } from "../../errors.js";
import type { WarningEvent } from "../../events.js";
import { readPlain } from "../../io/plain-file.node.js";
import { restoreNetwork } from "../../network.js";
import { neuroBench } from "../../neurobench.js";
import { backendSummary } from "../../report/result/backend-summary.js";
import { grouped } from "../../report/result/texts.js";
import type { Trainer } from "../../trainer.js";
import { version } from "../../version.js";
import type { DataSource } from "../data.js";
import type { Choices } from "../invocation.js";
import { withProgress } from "../live-line.js";
import { metricLines, printResult } from "../print.js";
import { writeResultPage } from "../report/write.js";
import { bestColumn } from "./best.js";
import { parseOrigin } from "./origin.js";
import type { Output } from "./output.js";
import type { Run } from "./run.js";

/** A finished training. */
export interface Finished {
  trainer: Trainer;
  output: Output;
  run: Run;
  split: Split;
  source: DataSource;
  warnings: readonly WarningEvent[];
}

/** Tests the best checkpoint of the run, writes `report.json` and `report.html`, and prints the result. */
export async function report(finished: Finished, isJson: boolean, choices: Choices): Promise<void> {
  const { trainer, output, run, split, source, warnings } = finished;
  const { folder, files } = output;
  const { signal } = choices;
  const { history } = run;
  const checkpoint = run.hasBest ? files.best : files.last;
  using chosen = await restoreNetwork(await readPlain(checkpoint), choices);
  if (parseOrigin(chosen.info.origin, checkpoint)?.run !== run.id) {
    throw new SpikeletError("CHECKPOINT_INVALID", checkpoint, "was replaced by a checkpoint of another run");
  }
  const { epoch } = chosen.info;
  const row = history.rows.find((one) => one.epoch === epoch);
  const column = bestColumn(trainer.config, row);
  const test = await withProgress("test samples evaluated", isJson, (onProgress) =>
    chosen.evaluate(split.test, { signal, ...(onProgress && { onProgress }) }),
  );
  const result = {
    test,
    neuroBench: await neuroBench(chosen, test),
    train: { ...history.totals, samples: split.train.length },
    best: { epoch, [column]: numberOrNull(row?.[column]) },
    warnings,
    checkpoint,
    run: run.id,
    data: source,
    backend: backendSummary(trainer),
    config: trainer.config,
    version,
  };
  await folder.save(files.report, `${JSON.stringify(result, null, 2)}\n`);
  const { epochs, seconds, samplesPerSecond } = result.train;
  const summary = {
    title: `Training on ${split.train.info.name}`,
    part: "test",
    metrics: test,
    warnings,
    epochs: history.curve,
    facts: [
      ["trained", `${epochs} epochs of ${grouped(split.train.length)} samples in ${seconds.toFixed(1)} s`],
      ["speed", `${grouped(samplesPerSecond)} samples/s`],
      [
        "shown",
        `epoch ${result.best.epoch}, ${split.validation.length > 0 && run.hasBest ? "the best on the validation data" : "the last"}`,
      ],
      ["run", run.id],
    ],
    data: source,
    learntBefore: run.learntBefore,
  } as const;
  await writeResultPage(output, summary, { network: chosen, samples: split.test, signal });
  printResult(isJson, { type: "report", ...result }, () => [
    ...metricLines("test", test, decisionOf(trainer.config)),
    `checkpoint     ${checkpoint} (epoch ${result.best.epoch})`,
    `report         ${files.page}`,
  ]);
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
