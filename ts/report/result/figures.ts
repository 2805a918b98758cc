import { type Decision, hasOutputSpikes } from "../../decisions.js";
import { outlineOf } from "../../graph/outline.js";
import {
  confusionMatrix,
  type LearntLayer,
  learningCurves,
  learntHistogram,
  networkGraph,
  spikeHistogram,
  spikeRaster,
  weightMaps,
} from "../../plot/index.js";
import { nameOf } from "../../results.js";
import { type Content, html, type Markup } from "../markup.js";
import { figure, gallery } from "../parts.js";
import { DECISION_TEXTS, type Example } from "./answers.js";
import type { Result } from "./result.js";
import { sampleImage } from "./sample-image.js";

const UNITS_SHOWN = 20;
/** Pixels at which a figure is drawn: on a telephone its words can still be read, elsewhere it is drawn larger. */
const WIDTH = 440;

export function curves(epochs: Result["epochs"], decision: Decision | undefined): Markup {
  const trained = decision === undefined ? {} : { decision };
  return figure(learningCurves(epochs, { width: WIDTH, ...trained }), "answers, spikes and loss, epoch by epoch");
}

export function confusion({ answers, layers }: Result): Markup {
  const classes = layers.at(-1)?.units ?? 0;
  const how = DECISION_TEXTS[answers.decision];
  const names = answers.classes && { names: answers.classes };
  const svg = confusionMatrix(answers.labels ?? [], answers.decisions, { classes, ...names, width: WIDTH });
  const silent = answers.decisions.reduce((sum, decision) => sum + Number(decision < 0), 0);
  const none = silent === 0 ? "" : `; in ${silent} no output fired`;
  return figure(svg, `how often each label got each decision, ${how}; right ones are blue${none}`);
}

/** One raster for each example. */
export function rasters({ answers, layers, config, part }: Pick<Result, "answers" | "layers" | "config" | "part">): Markup {
  const { examples } = answers;
  const common = {
    units: layers.map((layer) => layer.units),
    inputUnits: [config.network.input].flat().reduce((product, size) => product * size, 1),
    steps: Math.min(config.network.steps, lastStep(examples) + 10),
    width: WIDTH,
  };
  const drawn = examples.map((example) => {
    const { prediction, input, label } = example;
    const svg = spikeRaster(prediction, { ...common, input, ...(label === undefined ? {} : { label }) });
    return figure(svg, caption(example, part, answers.classes));
  });
  const output = hasOutputSpikes(answers.decision) ? "output on top" : "the readout on top has no spikes";
  const line = answers.decision === "firstSpike" ? "; a dashed line stands at the decision" : "";
  const key = `Input below, ${output}${line}`;
  return html`<p>${key}${answers.labels ? ", the label's row is green" : ""}.</p>\n${gallery(drawn)}`;
}

function lastStep(examples: readonly Example[]): number {
  const times = examples.flatMap(({ prediction, input }) => [input, ...prediction.layers].map((events) => events.times));
  return times.reduce((last, own) => own.reduce((max, time) => Math.max(max, time), last), 0);
}

function caption(example: Example, part: string, classes: readonly string[] | undefined): Content {
  const words = answered(example, part, classes);
  const image = example.image && sampleImage(example.image);
  return image === undefined ? words : html`<span class="with-sample">${image}<span>${words}</span></span>`;
}

function answered({ index, label, decision }: Example, part: string, classes: readonly string[] | undefined): Content {
  const name = (output: number | undefined) => nameOf(output, classes) ?? "no decision";
  const sample = `${part} sample ${index}`;
  if (label === undefined) return sample;
  if (label === decision) return `${sample}: right, ${name(label)}`;
  return html`<strong class="wrong">${sample}: wrong, ${name(decision)} instead of ${name(label)}</strong>`;
}

export function spikeHistograms({ answers, layers, config }: Result): Markup {
  const samples = answers.first.steps.length;
  const common = { units: layers.map((layer) => layer.units), width: WIDTH };
  return gallery([
    figure(
      spikeHistogram(answers.first, { ...common, by: "step", steps: config.network.steps }),
      `when the layers spike, over ${samples} samples`,
    ),
    figure(spikeHistogram(answers.first, { ...common, by: "unit" }), "how many spikes a unit has in a sample"),
  ]);
}

/** The graph of the layers. */
export function graph({ config, metrics }: Pick<Result, "config" | "metrics">): Markup {
  const svg = networkGraph(outlineOf(config.network), { metrics, width: WIDTH });
  return figure(svg, "the layers from the input to the output, and where their spikes go");
}

/** Weight maps of the first units of the first spiking layer. */
export function weights({ parameters, layers, config, shape }: Result): Markup {
  const { weights, biases } = parameters;
  const inputs = weights.length / biases.length;
  const kernel = layers[0]?.kernel;
  const isOfInput = config.network.layers[0]?.type === "dense" && shape.reduce((product, size) => product * size, 1) === inputs;
  const map = kernel !== undefined ? kernelMap(inputs, kernel) : isOfInput && shape.length > 1 ? shape : undefined;
  const units = Array.from({ length: Math.min(UNITS_SHOWN, biases.length) }, (_, unit) => unit);
  const name = kernel === undefined ? "units" : "channels";
  const svg = weightMaps(parameters, { ...(map === undefined ? {} : { shape: map }), units, width: WIDTH });
  return figure(
    svg,
    `weights of the first ${units.length} of ${biases.length} ${name} of layer 0: blue drives a unit, red holds it back`,
  );
}

/** `[channels, height, width]` of the weights of a unit. */
function kernelMap(inputs: number, kernel: readonly number[]): number[] {
  const [height = 1, width = 1] = kernel.length === 1 ? [1, ...kernel] : kernel;
  return [inputs / (height * width), height, width];
}

/** Constants and delays that are learnt, beside those of the start where they are known. */
export function constants(learnt: readonly LearntLayer[], before: readonly LearntLayer[] | undefined) {
  const svg = learntHistogram(learnt, { ...(before === undefined ? {} : { before }), width: WIDTH });
  const start = before === undefined ? "" : ", orange before the training, blue after it";
  return figure(svg, `what layers learn beside weights and biases${start}`);
}
