// Measures kernels, so that the page stays free meanwhile: posts the `names` of all, then for each request `ceilings` with the `total` of
// shapes, each `line`, and the `record` in the end.
import { gridOf, kernelsOf } from "../../dist/kernels/grid.js";
import { measureCeilings, measureKernels } from "../../dist/kernels/measure.js";
import { originHere } from "../../dist/kernels/origin.browser.js";
import { wasmKernels } from "../../dist/runtime/wasm-kernels.js";

/** Clocks of pages tick once in a millisecond at worst: a turn has to last for many ticks. */
const PACE = { rounds: 11, milliseconds: 20 };

const host = await wasmKernels();

addEventListener("message", async ({ data: { names, isWhole } }) => {
  const kernels = kernelsOf(host.catalogue, names);
  const shapes = (kernel) => gridOf(kernel).slice(0, isWhole ? undefined : 1);
  const plan = { ...PACE, kernels, shapes, levels: host.levels, threads: [1] };
  const origin = await originHere();
  const ceilings = await measureCeilings(host, plan);
  postMessage({ ceilings, total: kernels.flatMap(shapes).length });
  const lines = [];
  for await (const line of measureKernels(host, ceilings, plan)) {
    lines.push(line);
    postMessage({ line });
  }
  postMessage({ record: { type: "kernels", origin, ceilings, lines } });
});

postMessage({ names: kernelsOf(host.catalogue, []).map(({ name }) => name) });
