import type { ResolvedConfig } from "../../config.js";
import { counted } from "../../counted.js";
import { accuracyBy, decisionsIn } from "../../decisions.js";
import type { LayerConfig } from "../../generated/config.js";
import type { Warning } from "../../health/warning.js";
import { type Content, html, type Markup, withCode } from "../markup.js";
import { page, type Section } from "../page.js";
import { facts, folded, table } from "../parts.js";
import { DECISION_TEXTS } from "./answers.js";
import { confusion, constants, curves, graph, rasters, spikeHistograms, weights } from "./figures.js";
import type { Result } from "./result.js";
import { answerTexts, grouped, percent, untilText } from "./texts.js";

export function resultPage(result: Result): string {
  const { title, config, backend, data } = result;
  const sections: readonly (Section | undefined)[] = [
    result.warnings.length > 0 ? { title: "Warnings", content: result.warnings.map(warning) } : undefined,
    result.epochs.length > 0
      ? { title: "Learning", content: curves(result.epochs, result.answers.decision), isHalf: true }
      : undefined,
    result.answers.labels ? { title: "Decisions", content: confusion(result), isHalf: true } : undefined,
    { title: "Samples", content: rasters(result) },
    { title: "Spikes", content: [layerTable(result), spikeHistograms(result)] },
    { title: "Network", content: graph(result), isHalf: true },
    { title: "Weights", content: weights(result), isHalf: true },
    result.learnt && { title: "Learnt constants", content: constants(result.learnt, result.learntBefore) },
    {
      title: "Configuration",
      content: [
        facts([
          ["backend", `${backend.kind}, ${backend.simd}, ${counted(backend.threads, "thread")}`],
          ["network", networkText(config)],
          ["steps", String(config.network.steps)],
          ["rule", config.rule.type],
          ["loss", config.loss.type],
        ]),
        folded("configuration", JSON.stringify(config, null, 2)),
        folded("data", JSON.stringify(data, null, 2)),
      ],
    },
  ];
  return page({ title, lead: lead(result), sections: sections.filter((section) => section !== undefined) });
}

function lead(result: Result): Content {
  const { metrics, answers, part } = result;
  const { spikes, decisionStep } = metrics;
  const samples = `${grouped(metrics.samples)} ${part} samples`;
  const until = untilText(answers.decision);
  return [
    verdict(result, samples),
    facts([
      ["spikes per sample", spikes.perSample.toFixed(1)],
      ...(decisionStep
        ? ([
            [until.spikes, spikes.untilDecision.toFixed(1)],
            [until.step, `${decisionStep.mean.toFixed(1)} (median ${decisionStep.median})`],
          ] as const)
        : []),
      ["synaptic operations per sample", grouped(metrics.synapticOperations)],
      ["loss", metrics.loss.toPrecision(4)],
      ...result.facts,
    ]),
  ];
}

/** How well the network answered; what its loss trains comes first. */
function verdict({ metrics, answers }: Result, samples: string): Markup {
  const [first, ...others] = decisionsIn(metrics, answers.decision);
  if (answers.labels && first !== undefined) {
    const right = (decision: typeof answers.decision) => `${percent(accuracyBy(decision, metrics))} ${DECISION_TEXTS[decision]}`;
    const rest = others.length > 0 ? ` (${others.map(right).join(", ")})` : "";
    return html`<p><strong>${right(first)}</strong> right${rest} of ${samples}.</p>\n`;
  }
  if (metrics.meanSquaredError === undefined) {
    return html`<p>A loss of <strong>${metrics.loss.toPrecision(4)}</strong> over ${samples}.</p>\n`;
  }
  const [error, ...explained] = answerTexts(metrics, answers.decision);
  return html`<p><strong>${error}</strong>, ${explained.join(", ")} over ${samples}.</p>\n`;
}

/** A warning for people; settings in the advice stand between backticks. */
export function warning({ message, advice }: Warning): Markup {
  return html`<div class="warning"><strong>${message}</strong><p>${withCode(advice)}</p></div>\n`;
}

function layerTable({ metrics, layers, answers }: Result): Markup {
  const until = metrics.decisionStep ? [untilText(answers.decision).spikes] : [];
  const { spikes, silentFraction, saturatedFraction, firingRate, synapticOperationsByLayer: operations } = metrics;
  const rows = layers.map(({ units }, layer) => [
    layer === layers.length - 1 ? "output" : `layer ${layer}`,
    grouped(units),
    (spikes.perUnit[layer] ?? 0).toFixed(3),
    ...until.map(() => (spikes.untilDecisionPerUnit[layer] ?? 0).toFixed(3)),
    percent(silentFraction[layer] ?? 0),
    percent(saturatedFraction[layer] ?? 0),
    (firingRate[layer] ?? 0).toPrecision(3),
    grouped(Math.round(operations[layer] ?? 0)),
  ]);
  const activity = ["spikes per unit", ...until, "silent", "saturated", "spikes per step"];
  return table(["", "units", ...activity, "synaptic operations"], rows);
}

/** `784 – 800 – 10`. */
function networkText({ network }: ResolvedConfig): string {
  const input = Array.isArray(network.input) ? network.input.join("×") : String(network.input);
  return [input, ...network.layers.flatMap((layer) => layerText(layer) ?? [])].join(" – ");
}

/** `5×5`. */
function square(size: number | readonly number[]): string {
  return (typeof size === "number" ? [size, size] : size).join("×");
}

function layerText(layer: LayerConfig): string | undefined {
  switch (layer.type) {
    case "dense":
      return String(layer.units);
    case "conv2d":
      return `conv ${layer.channels}×${square(layer.kernel)}`;
    case "conv1d":
      return `conv ${layer.channels}×${[layer.kernel].flat()}`;
    case "oneToOne":
      return "one-to-one";
    case "avgPool2d":
      return `mean ${square(layer.window)}`;
    case "maxPool2d":
      return `max ${square(layer.window)}`;
    case "avgPool1d":
      return `mean ${[layer.window].flat()}`;
    case "maxPool1d":
      return `max ${[layer.window].flat()}`;
    case "globalAvgPool":
      return "mean";
    case "flatten":
      return undefined;
  }
}
