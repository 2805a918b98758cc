import { fields } from "../check/fields.js";
import { steps as stepCount } from "../check/steps.js";
import { instanceOf, listOf, whole } from "../check/values.js";
import { counted } from "../counted.js";
import { SpikeletError } from "../errors.js";
import type { Prediction } from "../results.js";
import { eventsBefore, SpikeEvents } from "../spikes.js";
import { COLOURS } from "./colours.js";
import { strokes } from "./dense-marks.js";
import { largest } from "./extremes.js";
import { figure } from "./figure.js";
import { checkPrediction, spikeLayers, unitCount } from "./layers.js";
import { boxes, frame, texts, verticalLine } from "./marks.js";
import { FIGURE, type FigureOptions } from "./options.js";
import { type Panel, panel, textWidth } from "./panel.js";
import { linear } from "./scale.js";
import { stepAxis } from "./step-axis.js";
import { wholeTicks } from "./ticks.js";

export interface RasterOptions extends FigureOptions {
  /** Which sample; the first by default. */
  sample?: number;
  /** Spikes of the input, shown below the layers. */
  input?: SpikeEvents;
  /** Number of inputs to show, more where a later one spikes; by default up to the last one that spikes. */
  inputUnits?: number;
  /**
   * Number of units of each layer to show, from the first spiking layer up, more where a later one fires; by default up to the
   * last unit that fires.
   */
  units?: readonly number[];
  /** Number of steps on the axis; by default those that were simulated. */
  steps?: number;
  /** Class of the sample; its output is marked. */
  label?: number;
}

const rasterOptions = fields<RasterOptions>({
  ...FIGURE,
  sample: whole(),
  input: instanceOf(SpikeEvents, "spikes"),
  inputUnits: unitCount,
  units: listOf(unitCount),
  steps: stepCount,
  label: whole(),
});

/**
 * Plots one stroke for each spike and one row for each unit, layer by layer with the output on top, which says what the network
 * decides in the way that its loss trains; the step of a decision by first spike is marked.
 *
 * @throws {SpikeletError} `SHAPE_MISMATCH` if there is no such sample, `DATA_FORMAT` for what is neither spikes nor a prediction.
 */
export function spikeRaster(of: SpikeEvents | Prediction, options: RasterOptions = {}): string {
  const { sample = 0, input, units = [], label, width = 640 } = rasterOptions(options, "");
  const prediction = of instanceof SpikeEvents ? undefined : of;
  if (prediction !== undefined) checkPrediction(prediction, "prediction");
  const layers = spikeLayers(of);
  const samples = layers[0]?.length ?? 0;
  if (sample >= samples) throw new SpikeletError("SHAPE_MISMATCH", "sample", `must be below ${samples}, got ${sample}`);
  if (input !== undefined && sample >= input.length) {
    throw new SpikeletError("SHAPE_MISMATCH", "input", `must have a sample ${sample}, has ${counted(input.length, "sample")}`);
  }
  const trains = [...(input === undefined ? [] : [input]), ...layers].map((events) => events.sample(sample));
  const steps = options.steps ?? prediction?.steps[sample] ?? 1 + Math.max(0, ...trains.map(({ times }) => largest(times)));
  const answer = prediction === undefined ? undefined : answerOf(prediction, sample, steps);
  const hasReadout = (prediction?.membranes?.length ?? 0) > 0;
  const within = (events: SpikeEvents) => eventsBefore(SpikeEvents.fromTrains([events.sample(sample)]), steps).sample(0);
  const row = (events: SpikeEvents, layer: number): Panel => {
    const { times, units: fired } = within(events);
    const isOutput = prediction !== undefined && !hasReadout && layer === layers.length - 1;
    const given = layer < 0 ? options.inputUnits : units[layer];
    const count = Math.max(given ?? 1, 1 + largest(fired, isOutput ? (label ?? 0) : 0));
    const isBottom = input === undefined ? layer === 0 : layer < 0;
    const name = layer < 0 ? "Input" : isOutput ? "Output" : prediction === undefined ? "Units" : `Layer ${layer}`;
    const inner = Math.min(150, Math.max(36, count * 11));
    const decided = layer === layers.length - 1 && answer !== undefined ? `decides ${answer.output} ${answer.how}` : "";
    const short = `${name}: ${counted(times.length, "spike")}`;
    const full = given === undefined ? short : `${short} of ${counted(count, "unit")}`;
    // Both texts stand in one line.
    const head = decided !== "" && 1.1 * textWidth(full + decided) > width - 80 ? short : full;
    return panel({
      width,
      height: inner + 24 + (isBottom ? 36 : 6),
      margin: { top: 24, right: 24, bottom: isBottom ? 36 : 6, left: 56 },
      x: stepAxis(steps, width, isBottom),
      y: { scale: linear([-0.5, count - 0.5]), ticks: wholeTicks(0, count - 1, count > 12 ? 5 : 12), tickSize: 0 },
      marks: [
        frame(),
        texts([head], ({ left, top }) => [left, top - 10], { anchor: "start", size: 11 }),
        isOutput && label !== undefined ? boxes([[0, label - 0.5, steps, label + 0.5]], COLOURS.green, { opacity: 0.2 }) : null,
        answer?.step === undefined ? null : verticalLine(answer.step, { colour: COLOURS.vermillion, isDashed: true }),
        decided === "" ? null : texts([decided], ({ right, top }) => [right, top - 10], { anchor: "end", size: 11 }),
        strokes(times, fired, Math.min(10, Math.max(3, inner / count))),
      ],
    });
  };
  const panels = layers.map(row).reverse();
  if (input !== undefined) panels.push(row(input, -1));
  const spikes = layers.reduce((sum, events) => sum + within(events).times.length, 0);
  const decided = answer === undefined ? "" : `, decided for ${answer.output} ${answer.how}`;
  const labelled = label === undefined ? "" : `, label ${label}`;
  return figure(panels, `spike raster of sample ${sample}, ${spikes} spikes in ${steps} steps${decided}${labelled}`, options);
}

/** What a network decided, and how. */
interface Answer {
  output: number | undefined;
  how: string;
  /** Where the time of the decision is known. */
  step?: number;
}

/** The decision that the loss trains; none where no output fires. */
function answerOf(prediction: Prediction, sample: number, steps: number): Answer | undefined {
  const { decision, classes, decisionStep } = prediction;
  const output = classes[sample];
  if (output === undefined || output < 0) return undefined;
  if (decision === "count") return { output, how: "by most spikes" };
  if (decision === "membrane") return { output, how: "by membrane" };
  // A sample without a decision has the number of its steps there.
  const step = decisionStep?.[sample] ?? steps;
  return step < Math.min(steps, prediction.steps[sample] ?? steps) ? { output, how: `at step ${step}`, step } : undefined;
}
