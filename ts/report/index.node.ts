/**
 * Pages about a network: the report of an evaluation as one HTML file, and a training shown in a browser while it runs. In Node
 * alone.
 *
 * @module spikelet/report
 */
export { type ReportOptions, saveReport } from "./api/save-report.node.js";
export { type WatchedTraining, type WatchOptions, watchTraining } from "./api/watch-training.node.js";
