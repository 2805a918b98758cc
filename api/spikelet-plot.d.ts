// import { … } from "spikelet/plot"

import { Accuracy, Gradients, LayerParameters, Metrics, Prediction, SpikeEvents } from "spikelet";

export interface AnswerMetrics {
    accuracy: Accuracy;
    meanSquaredError?: number | undefined;
    rSquared?: number | undefined;
}

export interface ConfusionOptions extends FigureOptions {
    classes?: number;
    names?: readonly string[];
}

export interface CurveMetrics extends AnswerMetrics {
    loss: number;
    spikes: {
        perSample: number;
    };
}

export interface CurvePoint {
    epoch: number;
    train: CurveMetrics;
    validation: CurveMetrics | null;
    learningRate?: number;
}

export interface CurvesOptions extends FigureOptions {
    decision?: Decision;
}

export type Decision = "firstSpike" | "count" | "membrane" | "none";

export interface FigureOptions {
    title?: string;
    width?: number;
}

export type GradientPartsOptions = FigureOptions & SpikePartsOptions;

export interface HistogramOptions extends FigureOptions {
    by?: "step" | "unit";
    steps?: number;
    units?: readonly number[];
}

export interface LayerOutline {
    name: string;
    text: string;
    spiking: number | null;
    from: OutlineSource[];
    further: OutlineInput[];
    shape: number[];
    parameters: number;
}

export type LearntLayer = Pick<LayerParameters, "learnt">;

export interface LearntOptions extends FigureOptions {
    before?: readonly LearntLayer[];
}

export interface LinesOptions extends FigureOptions {
    x: string;
    y: string;
    isLogarithmic?: boolean;
    dots?: boolean;
}

export interface MembraneOptions extends FigureOptions {
    sample?: number;
    layer?: number;
    units?: readonly number[];
    threshold?: number;
}

export interface NetworkGraphOptions extends FigureOptions {
    metrics?: Pick<Metrics, "synapticOperations"> & Partial<Pick<Metrics, "synapticOperationsByLayer">> & {
        spikes: Pick<Metrics["spikes"], "perUnit" | "perSample">;
    };
}

export interface NetworkOutline {
    input: number[];
    layers: LayerOutline[];
}

export interface OutlineInput {
    text: string;
    from: OutlineSource[];
}

export interface OutlineSource {
    layer: number | null;
    name: string;
    isFeedback: boolean;
}

export interface ParallelAxis {
    label: string;
    isLogarithmic?: boolean;
}

export interface ParallelOptions extends FigureOptions {
    axes: readonly ParallelAxis[];
}

export interface ParallelRun {
    values: readonly (number | string)[];
    isBest?: boolean;
}

export interface RasterOptions extends FigureOptions {
    sample?: number;
    input?: SpikeEvents;
    inputUnits?: number;
    units?: readonly number[];
    steps?: number;
    label?: number;
}

export interface ScatterOptions extends FigureOptions {
    x: string;
    y: string;
    isLogarithmic?: boolean;
}

export interface SeedPoint {
    series: string;
    x: number;
    y: number;
}

export interface SeedValue {
    series: string;
    value: number;
}

export interface SpikeParts {
    step: number;
    unit: number;
    activation: number;
    timing: number;
}

export interface SpikePartsOptions {
    sample?: number;
    layer?: number;
}

export interface SpreadOptions extends FigureOptions {
    label: string;
    zero?: boolean;
}

export interface WeightMapOptions extends FigureOptions {
    shape?: readonly number[];
    units?: readonly number[];
    columns?: number;
}

export function confusionCounts(labels: ArrayLike<number>, decisions: ArrayLike<number>, classes?: number): number[][];

export function confusionMatrix(labels: ArrayLike<number>, decisions: ArrayLike<number>, options?: ConfusionOptions): string;

export function gradientParts(gradients: Gradients, options?: GradientPartsOptions): string;

export function learningCurves(epochs: readonly CurvePoint[], options?: CurvesOptions): string;

export function learntHistogram(layers: readonly LearntLayer[], options?: LearntOptions): string;

export function membraneTraces(gradients: Gradients, options?: MembraneOptions): string;

export function networkGraph(network: NetworkOutline, options?: NetworkGraphOptions): string;

export function parallelCoordinates(runs: readonly ParallelRun[], options: ParallelOptions): string;

export function seedLines(runs: readonly SeedPoint[], options: LinesOptions): string;

export function seedScatter(runs: readonly SeedPoint[], options: ScatterOptions): string;

export function seedSpread(runs: readonly SeedValue[], options: SpreadOptions): string;

export function spikeHistogram(of: SpikeEvents | Pick<Prediction, "layers">, options?: HistogramOptions): string;

export function spikeParts(gradients: Gradients, options?: SpikePartsOptions): SpikeParts[];

export function spikeRaster(of: SpikeEvents | Prediction, options?: RasterOptions): string;

export function weightMaps(parameters: LayerParameters, options?: WeightMapOptions): string;
