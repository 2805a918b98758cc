import { counted } from "../../../counted.js";
import type { Ceiling } from "../../../kernels/ceiling.js";
import { shapeText, timeText } from "../../../kernels/format.js";
import type { KernelLine } from "../../../kernels/record.js";
import type { Estimate, Verdict } from "../../../kernels/statistics.js";
import { percent } from "../../../report/result/texts.js";
import type { KernelDescription } from "../../../runtime/kernels.js";

/** A measured line for people. */
export function lineText(line: KernelLine): string {
  const { kernel, shape, backend, way, threads, nanoseconds, share, ratio, operations, spikes } = line;
  const { median, low, high } = nanoseconds;
  const parts = [
    `${kernel.padEnd(20)} ${way.padEnd(8)} ${timeText(median).padStart(8)} (${timeText(low)} … ${timeText(high)})`,
    ...(share === undefined ? [] : [`${percent(share.ofCeiling)} of the ${share.bound} ceiling`]),
    ...(spikes === 0 ? [] : [`${(operations / spikes).toFixed(0)} operations and ${timeText(median / spikes)} a spike`]),
    ...(ratio === undefined ? [] : [ratioText(ratio)]),
    `${backend}, ${counted(threads, "thread")}, ${shapeText(shape)}`,
  ];
  return parts.join("  ");
}

/** A speed-up with its interval and what follows from it. */
export function ratioText({ median, low, high, verdict }: Estimate & { verdict: Verdict }): string {
  return `× ${median.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)}), ${verdict}`;
}

/** What the machine does at best, for people. */
export function ceilingText({ level, threads, streams, operationsPerSecond, fusedOperationsPerSecond }: Ceiling): string {
  const speeds = streams.map(({ bytes, bytesPerSecond }) => `${sizeText(bytes)} ${(bytesPerSecond / 1e9).toFixed(1)}`);
  const arithmetic = `${(operationsPerSecond / 1e9).toFixed(1)} G operations/s, fused ${(fusedOperationsPerSecond / 1e9).toFixed(1)}`;
  return `${"ceiling".padEnd(20)} ${level.padEnd(8)} ${arithmetic}; GB/s from ${speeds.join(", ")}; ${counted(threads, "thread")}`;
}

/** What a kernel is and what it depends on. */
export function descriptionText({ name, about, parameters }: KernelDescription): string {
  const lines = parameters.map((one) => {
    return `  ${one.name.padEnd(10)} ${one.about}: ${one.standard}, or ${one.others.join(", ")}`;
  });
  return [`${name}: ${about}`, ...lines].join("\n");
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 1024} KiB`;
}
