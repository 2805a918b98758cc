// One golden file against the public API. Used by the tests and by `npm run test:golden`.
import { Findings } from "./compare.mjs";
import { checkAer, checkEncodeLatency, checkEncodeRate, checkEncodeSeries, checkLogMel } from "./encodings.mjs";
import { checkIntegers } from "./integers.mjs";
import { checkNetwork, checkOnline, checkTrajectory } from "./network.mjs";
import { checkCountTarget, checkDecisions, checkKernels, checkOptimisers, checkSchedules, checkShapes } from "./parts.mjs";

/** @typedef {import("./translations.mjs").Translation} Translation */

/** @type {Record<string, (golden: any, findings: Findings, translation: Translation) => Promise<void>>} */
const CHECKS = {
  network: checkNetwork,
  trajectory: checkTrajectory,
  online: checkOnline,
  integer: checkIntegers,
  encode_latency: checkEncodeLatency,
  encode_stretch: checkEncodeRate,
  encode_shift_back: checkEncodeRate,
  encode_delta: checkEncodeSeries,
  encode_levels: checkEncodeSeries,
  encode_current: checkEncodeSeries,
  log_mel: checkLogMel,
  aer_nmnist: checkAer,
  decisions: checkDecisions,
  count_target: checkCountTarget,
  optimisers: checkOptimisers,
  schedules: checkSchedules,
  kernels: checkKernels,
  shapes: checkShapes,
};

/**
 * @param {any} golden the parsed file
 * @param {Translation | undefined} translation of the file
 * @returns {Promise<{ outcome: "passed" | "failed" | "unsupported", lines: string[] }>} what differs, or the features that the library lacks
 */
export async function checkGolden(golden, translation) {
  if (translation?.unsupported !== undefined) return { outcome: "unsupported", lines: translation.unsupported };
  const check = CHECKS[golden.type];
  if (check === undefined) return { outcome: "failed", lines: [`unknown type ${golden.type}`] };
  if (translation === undefined) return { outcome: "failed", lines: ["has no translation"] };
  if (translation.error !== undefined) return { outcome: "failed", lines: [translation.error] };
  const findings = new Findings();
  try {
    await check(golden, findings, translation);
  } catch (thrown) {
    findings.lines.push(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
  }
  return { outcome: findings.lines.length === 0 ? "passed" : "failed", lines: findings.lines };
}
