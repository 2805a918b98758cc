// What .ci/run runs.
import { CHECKS } from "../checks.mjs";
import { GROUPS } from "../groups.mjs";

/** Checks and groups that .ci/run runs. */
export function suitesOfTiers() {
  const tiers = ["quick", "all", "machine"];
  return Object.entries({ ...CHECKS, ...GROUPS }).flatMap(([name, { tier }]) => (tiers.includes(tier) ? [name] : []));
}
