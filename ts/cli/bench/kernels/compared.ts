import { readFile } from "node:fs/promises";
import { SpikeletError } from "../../../errors.js";
import type { KernelLine, KernelRecord } from "../../../kernels/record.js";
import { type Estimate, unpairedRatio, type Verdict, verdict } from "../../../kernels/statistics.js";

/**
 * Reads a record that `spikelet bench kernels --out` wrote.
 *
 * @throws {SpikeletError} `DATA_FORMAT` for any other file.
 */
export async function readRecord(file: string): Promise<KernelRecord> {
  let record: unknown;
  try {
    record = JSON.parse(await readFile(file, "utf8"));
  } catch (thrown) {
    throw new SpikeletError("DATA_FORMAT", file, `can't be read: ${String(thrown)}`, thrown);
  }
  if (isRecord(record)) return record;
  throw new SpikeletError("DATA_FORMAT", file, "must be a record that spikelet bench kernels --out wrote");
}

function isRecord(value: unknown): value is KernelRecord {
  const { type, origin, ceilings, lines } = Object(value) as Partial<Record<keyof KernelRecord, unknown>>;
  return type === "kernels" && typeof origin === "object" && Array.isArray(ceilings) && Array.isArray(lines);
}

/** The speed of a line over that of the same line of an earlier record; `undefined` where it has none. */
export function against(record: KernelRecord, line: KernelLine): (Estimate & { verdict: Verdict }) | undefined {
  const before = record.lines.find((one) => keyOf(one) === keyOf(line));
  if (before === undefined) return undefined;
  const ratio = unpairedRatio(before.nanoseconds, line.nanoseconds);
  return { ...ratio, verdict: verdict(ratio) };
}

function keyOf({ kernel, shape, backend, way, threads }: KernelLine): string {
  return JSON.stringify([kernel, Object.entries(shape).sort(), backend, way, threads]);
}
