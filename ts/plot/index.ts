/**
 * Figures of results, as the text of an SVG file.
 *
 * @module spikelet/plot
 * @sortStrategy alphabetical
 */
export type { AnswerMetrics, Decision } from "../decisions.js";
export type { LayerOutline, NetworkOutline, OutlineInput, OutlineSource } from "../graph/outline.js";
export { type ConfusionOptions, confusionCounts, confusionMatrix } from "./confusion.js";
export { type CurveMetrics, type CurvePoint, type CurvesOptions, learningCurves } from "./curves.js";
export { type GradientPartsOptions, gradientParts } from "./gradient-parts.js";
export { type HistogramOptions, spikeHistogram } from "./histogram.js";
export { type LearntLayer, type LearntOptions, learntHistogram } from "./learnt.js";
export { type LinesOptions, seedLines } from "./lines.js";
export { type MembraneOptions, membraneTraces } from "./membrane.js";
export { type NetworkGraphOptions, networkGraph } from "./network.js";
export type { FigureOptions } from "./options.js";
export { type ParallelAxis, type ParallelOptions, type ParallelRun, parallelCoordinates } from "./parallel.js";
export { type RasterOptions, spikeRaster } from "./raster.js";
export { type ScatterOptions, type SeedPoint, type SeedValue, type SpreadOptions, seedScatter, seedSpread } from "./seeds.js";
export { type SpikeParts, type SpikePartsOptions, spikeParts } from "./spike-parts.js";
export { type WeightMapOptions, weightMaps } from "./weights.js";
