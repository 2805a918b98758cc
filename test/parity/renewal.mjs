// When a new digest may take the place of the committed one.

/** @typedef {Pick<import("./training.mjs").Digest, "arithmetic" | "runs">} Digest */

/**
 * Why a digest may not be renewed: runs that it held have other bits under the same number of the arithmetic. `undefined` where it may be.
 *
 * @param {Digest} committed
 * @param {Digest} renewed
 */
export function refusalOf(committed, renewed) {
  const changed = Object.keys(committed.runs).filter(
    (name) => (renewed.runs[name] ?? committed.runs[name]) !== committed.runs[name],
  );
  if (changed.length === 0 || renewed.arithmetic > committed.arithmetic) return undefined;
  const names = changed.map((name) => JSON.stringify(name)).join(", ");
  return `${names} changed: raise ARITHMETIC in crates/training/src/lib.rs above ${committed.arithmetic}, then npm run codegen and npm run build`;
}
