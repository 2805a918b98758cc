// import { … } from "spikelet/study"

import { Accuracy, Decision, Encoding, Metrics } from "spikelet";

export interface AnswerMetrics {
    accuracy: Accuracy;
    meanSquaredError?: number | undefined;
    rSquared?: number | undefined;
}

export type BestBy = (typeof BEST_BY)[number];

export interface Damage {
    file: string;
    message: string;
}

export type DoneRecord = RunRecord & {
    result: RunResult;
}

export type DoneRow = Row & {
    record: DoneRecord;
}

export type EpochProgress = {
    epoch: number;
    epochs: number;
    loss: number;
    decision: Decision;
} & AnswerMetrics;

export interface EpochSummary {
    trainLoss: number;
    trainFirstSpike?: number;
    validationLoss: number | null;
    validationFirstSpike: number | null;
    spikesPerSample: number;
    count?: number;
    membrane?: number;
    meanSquaredError?: number;
}

export interface EventOfRun extends Pick<Run, "id" | "settings" | "seed"> {
    name: string;
}

export type Figure = {
    type: "spread";
    measure: string;
    title: string;
} | {
    type: "scatter";
    x: string;
    y: string;
    title: string;
} | {
    type: "lines";
    measure: string;
    title: string;
    isLogarithmic?: boolean;
} | {
    type: "epochs";
    value: "loss" | "accuracy" | "spikes";
    title: string;
}

export interface Halving {
    epochs: number[];
    keep: number;
    seeds?: number[];
}

export type Json = null | boolean | number | string | Json[] | JsonObject;

export type JsonObject = {
    [key: string]: Json;
}

/** @experimental */
export interface Measure {
    name: string;
    label: string;
    of(record: RunRecord): number;
    digits: number;
    isOfReadout?: true;
}

export const OBJECTIVES: Readonly<Record<BestBy, Objective>>;

export interface Objective {
    metric: string;
    goal: "max" | "min";
}

export interface Plan {
    config: JsonObject;
    settings: Setting[];
    search: Search;
    seeds: number[];
    objective: Objective;
    halving: Halving | null;
    bestBy: BestBy | null;
    report: ReportConfig;
}

export interface PlannedVariant {
    series: string;
    at: number | string | null;
    attempt: string | null;
    settings: JsonObject;
}

export type Point = JsonObject;

/** @experimental */
export interface PointSummary {
    place: string;
    attempt: string | null;
    rows: readonly [DoneRow, ...DoneRow[]];
    score: Spread;
}

export interface RanOn {
    endedAt: string;
    seconds: number;
    samplesPerSecond: number;
    host: string;
    backend: string;
    threads: number | "auto";
    commit?: string | null;
}

export interface ReadOptions {
    folder?: string;
    plan?: JsonObject;
}

export interface ReportConfig {
    title?: string;
    question?: string;
    command?: string;
    isQuick?: boolean;
    axis?: string;
    figures?: Figure[];
}

export interface Row {
    index: number;
    run: Run;
    record: RunRecord | undefined;
    score: number | undefined;
}

export interface Run {
    id: string;
    point: number;
    settings: Point;
    seed: number;
    rung: number;
    config: JsonObject;
    data: string;
    dir?: string;
}

export interface RunError {
    code: string;
    path: string;
    message: string;
}

export interface RunRecord {
    id: string;
    status: "done" | "failed";
    seed: number;
    config: JsonObject;
    data: string;
    version: string;
    arithmetic?: number | null;
    result?: RunResult;
    error?: RunError;
    ran: RanOn;
    checksum?: string;
}

export interface RunResult {
    epochs: number;
    bestEpoch: number;
    data: UsedData;
    validation: Metrics | null;
    test: Metrics;
    history: EpochSummary[];
    lastEpoch?: EpochSummary;
}

export type Search = {
    type: "grid";
} | {
    type: "random" | "sobol";
    runs: number;
    seed: number;
} | {
    type: "variants";
    variants: PlannedVariant[];
}

export type Setting = Choice | Range;

export interface Spread {
    mean: number;
    deviation: number;
    count: number;
}

export interface StudyResults {
    name: string;
    plan: Plan;
    version: string;
    rows: Row[];
    done: number;
    failed: number;
    missing: number;
    others: number;
    isOpen: boolean;
    points: PointSummary[];
    chosen: PointSummary | undefined;
    table: string[][];
    damaged: Damage[];
}

export type SweepEvent =
(EventOfRun & {
    type: "epoch";
    progress: EpochProgress;
})
 | (EventOfRun & {
    type: "run";
    index: number;
    count: number;
    record: RunRecord;
})
 | (EventOfRun & {
    type: "lost";
    index: number;
    count: number;
    reason: string;
})
 | {
    type: "note";
    message: string;
}

export interface SweepOptions {
    out: string;
    name?: string;
    processes?: number;
    threads?: number | "auto";
    shard?: string;
    retry?: boolean;
    data?: string;
    backend?: "auto" | "native" | "wasm";
    simd?: string;
    commit?: string;
    signal?: AbortSignal;
    onEvent?: (event: SweepEvent) => void;
}

export interface UsedData {
    name: string;
    encoding: Encoding | null;
    train: number;
    validation: number;
    test: number;
}

/** @experimental */
export function bestAttempts(points: readonly PointSummary[], plan: Pick<Plan, "objective">): PointSummary[];

/** @experimental */
export function deviationText({ mean, deviation, count }: Spread, digits: number): string;

export function isDataAtHand(dataset: string, folder?: string): boolean;

/** @experimental */
export function lastEpochOf({ lastEpoch, history }: RunResult): EpochSummary | undefined;

/** @experimental */
export function markdownTable([head, ...rows]: readonly (readonly string[])[]): string;

/** @experimental */
export function measure(name: string): Measure;

export function median(values: readonly number[]): number;

export function packStudy(dir: string, file: string): Promise<void>;

export function readStudy(path: string, { folder, plan }?: ReadOptions): Promise<StudyResults>;

/** @experimental */
export function recordsOf({ rows }: PointSummary): DoneRecord[];

export function spread(values: readonly number[]): Spread;

/** @experimental */
export function spreadText({ mean, deviation }: Spread, digits: number): string;

export function studyFolders(path: string): Promise<string[]>;

export function sweep(plan: JsonObject, options: SweepOptions): Promise<StudyResults>;

export function unpackStudy(file: string, dir: string): Promise<void>;

// Named above, and not exported:

const BEST_BY: readonly ["decision", "firstSpike", "count", "membrane", "meanSquaredError", "loss", "last"];

interface Choice {
    type: "choice";
    path: string;
    values: Json[];
}

interface Range {
    type: "range";
    path: string;
    from: number;
    to: number;
    scale: "linear" | "log";
    isWhole: boolean;
    count?: number;
}
