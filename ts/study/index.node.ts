/**
 * Studies: runs the plan of a sweep from a program, and reads, packs and tabulates the results. In Node alone.
 *
 * @module spikelet/study
 */
export type { AnswerMetrics } from "../decisions.js";
export type { Json, JsonObject } from "../json.js";
export { median, type Spread, spread } from "../spread.js";
export { type ReadOptions, readStudy, type StudyResults, studyFolders } from "./api/read.node.js";
export { type EventOfRun, isDataAtHand, type SweepEvent, type SweepOptions, sweep } from "./api/sweep.node.js";
export {
  type BestBy,
  type Halving,
  OBJECTIVES,
  type Objective,
  type Plan,
  type PlannedVariant,
  type Search,
} from "./plan/plan.js";
export type { Figure, ReportConfig } from "./plan/report.js";
export type { Point } from "./plan/search.js";
export type { Setting } from "./plan/setting.js";
export { markdownTable } from "./report/markdown.js";
export { type Measure, measure } from "./report/measures.js";
export type { Damage } from "./report/merge.node.js";
export { bestAttempts, type PointSummary, recordsOf } from "./report/points.js";
export { deviationText, spreadText } from "./report/result-table.js";
export type { Run } from "./run/runs.js";
export type { DoneRow, Row } from "./run/table.js";
export type { EpochProgress } from "./run/train.js";
export { packStudy, unpackStudy } from "./store/packed.node.js";
export {
  type DoneRecord,
  type EpochSummary,
  lastEpochOf,
  type RanOn,
  type RunError,
  type RunRecord,
  type RunResult,
  type UsedData,
} from "./store/record.js";
