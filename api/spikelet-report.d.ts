// import { … } from "spikelet/report"

import { EpochRecord, LayerParameters, Metrics, Network, PassOptions, SpikeDataset, TrainEvent, Trainer, Warning } from "spikelet";

export interface ReportOptions extends PassOptions {
    title?: string;
    part?: string;
    warnings?: readonly Warning[];
    epochs?: readonly EpochRecord[];
    before?: readonly LayerParameters[];
}

export interface WatchOptions {
    samples?: SpikeDataset;
    part?: "validation" | "test";
    name?: string;
    port?: number;
}

export class WatchedTraining implements AsyncDisposable {
    readonly url: string;
    follow(run: AsyncIterable<TrainEvent>): AsyncGenerator<TrainEvent, void, void>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export function saveReport(network: Network, samples: SpikeDataset, file?: string, options?: ReportOptions): Promise<Metrics>;

export function watchTraining(trainer: Trainer, options?: WatchOptions): Promise<WatchedTraining>;
