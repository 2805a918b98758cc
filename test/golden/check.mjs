// One golden file against the public API. Used by the tests and by `npm run test:golden`.
import { Findings } from "./compare.mjs";
import { unsupported } from "./configuration.mjs";
import { checkAer, checkEncodeLatency, checkEncodeRate } from "./encodings.mjs";
import { checkNetwork, checkTrajectory } from "./network.mjs";
import { checkCountTarget, checkDecisions, checkKernels, checkOptimisers } from "./parts.mjs";

/** @type {Record<string, (golden: any, findings: Findings) => Promise<void>>} */
const CHECKS = {
  network: checkNetwork,
  trajectory: checkTrajectory,
  encode_latency: checkEncodeLatency,
  encode_stretch: checkEncodeRate,
  encode_shift_back: checkEncodeRate,
  aer_nmnist: checkAer,
  decisions: checkDecisions,
  count_target: checkCountTarget,
  optimisers: checkOptimisers,
  kernels: checkKernels,
};

/**
 * @param {any} golden the parsed file
 * @returns {Promise<{ outcome: "passed" | "failed" | "skipped", lines: string[] }>} what differs, or why it was skipped
 */
export async function checkGolden(golden) {
  const check = CHECKS[golden.type];
  if (golden.format !== 1 || check === undefined) {
    return { outcome: "failed", lines: [`unknown format ${golden.format} or type ${golden.type}`] };
  }
  const reason = "layers" in golden ? unsupported(golden) : undefined;
  if (reason !== undefined) return { outcome: "skipped", lines: [reason] };
  const findings = new Findings();
  try {
    await check(golden, findings);
  } catch (thrown) {
    findings.lines.push(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
  }
  return { outcome: findings.lines.length === 0 ? "passed" : "failed", lines: findings.lines };
}
