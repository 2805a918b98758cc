// import { … } from "spikelet/export"

import { Integers } from "spikelet";

export interface CFiles {
    header: string;
    source: string;
}

export interface COptions {
    name?: string;
    integers?: Integers;
    values?: boolean;
    maxEvents?: number;
}

export function exportC(model: Uint8Array | ArrayBuffer, given?: COptions): CFiles;
