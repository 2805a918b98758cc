import { readFileSync, writeFileSync } from "node:fs";

/** Lets the peak start again where the system can do that (Linux); elsewhere it is that of the whole process. */
export function resetPeakMemory(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // The peak then includes what came before.
  }
}

/** Peak resident memory in bytes. */
export function peakMemory(): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (peak !== null) return Number(peak[1]) * 1024;
  } catch {
    // There is no such file outside Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
