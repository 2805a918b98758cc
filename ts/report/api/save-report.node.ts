import { dirname } from "node:path";
import { fields } from "../../check/fields.js";
import { callback, flag, instanceOf, listOf, text } from "../../check/values.js";
import { type SpikeDataset, samplesOf } from "../../datasets/dataset.js";
import type { EpochRecord, Metrics } from "../../generated/config.js";
import type { Warning } from "../../health/warning.js";
import { warningsOf } from "../../health/watch.js";
import { makeFolder, save } from "../../io/files.node.js";
import { Network, type PassOptions } from "../../network.js";
import { checkedParameters, type LayerParameters } from "../../results.js";
import { abortSignal } from "../../runtime/options.js";
import { lateInputOf } from "../../session/late-input.js";
import { Trainer } from "../../trainer.js";
import { networkPage } from "../result/network-page.js";

/** Options of {@link saveReport}. */
export interface ReportOptions extends PassOptions {
  /** Heading of the page; `"Evaluation on "` and the name of the data set unless given. */
  title?: string;
  /** What the samples are called in captions, such as `"validation"`; `"test"` unless given. */
  part?: string;
  /** Warnings to be shown, for example those of a run; by default what the evaluation itself gives reason to. */
  warnings?: readonly Warning[];
  /** Epochs of the learning curves; those of the trainer unless given. */
  epochs?: readonly EpochRecord[];
  /** `parameters()` before the training, to show learnt constants and delays beside their start. */
  before?: readonly LayerParameters[];
}

const reportOptions = fields<ReportOptions>({
  title: text,
  part: text,
  warnings: listOf((value) => value as Warning),
  epochs: listOf((value) => value as EpochRecord),
  before: listOf(checkedParameters),
  signal: abortSignal,
  earlyDecision: flag,
  onProgress: callback,
});

const networkOf = instanceOf(Network, "a network or a trainer");

/**
 * Evaluates a network and writes the page that `spikelet train` writes as `report.html`: decisions, learning curves, confusion
 * matrix, rasters, spikes by layer, weights, warnings and configuration in one file. Missing folders of `file` are made.
 *
 * @param samples encoded samples with targets.
 * @param file path of the page; `"report.html"` unless given.
 * @returns what `network.evaluate(samples)` returns.
 * @throws {SpikeletError} `SHAPE_MISMATCH` or `DATA_FORMAT` if the data do not fit the network, `CONFIG_INVALID` for an invalid
 * option, `WRITE_FAILED`. An abort throws the reason of the signal.
 */
export async function saveReport(
  network: Network,
  samples: SpikeDataset,
  file = "report.html",
  options: ReportOptions = {},
): Promise<Metrics> {
  networkOf(network, "network");
  samplesOf(samples, "samples");
  text(file, "file");
  const { title, part = "test", warnings, epochs, before, ...how } = reportOptions(options, "");
  const metrics = await network.evaluate(samples, how);
  const { signal, earlyDecision = false } = how;
  const summary = {
    title: title ?? `Evaluation on ${samples.info.name}`,
    part,
    metrics,
    warnings: warnings ?? (earlyDecision ? [] : await warningsIn(metrics, network, samples)),
    epochs: epochs ?? (network instanceof Trainer ? await network.history() : []),
    facts: earlyDecision ? ([["simulated until", "the first output spike of each sample"]] as const) : [],
    data: { ...samples.info, encoding: samples.encoding ?? null },
    learntBefore: before,
  };
  const pass = { network, samples, earlyDecision, ...(signal && { signal }) };
  const html = await networkPage(summary, pass);
  await makeFolder(dirname(file));
  await save(file, html);
  return metrics;
}

async function warningsIn(metrics: Metrics, network: Network, samples: SpikeDataset): Promise<Warning[]> {
  const { config, info, backend } = network;
  const late = await lateInputOf(samples, config.network.steps, backend);
  return warningsOf(metrics, config, info.layers, late);
}
