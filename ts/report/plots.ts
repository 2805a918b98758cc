/** The functions of `spikelet/plot`. */
export type Plots = typeof import("../plot/index.js");

export const WITHOUT_PLOTS = "there are no figures: they need npm install @observablehq/plot linkedom";

/** `spikelet/plot`, or `undefined` where the packages that it needs are not installed ({@link WITHOUT_PLOTS} says so). */
export async function loadPlots(): Promise<Plots | undefined> {
  try {
    return await import("../plot/index.js");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw thrown;
  }
}
