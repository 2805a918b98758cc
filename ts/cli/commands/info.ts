import { defineCommand } from "citty";
import { createNetwork } from "../../network.js";
import { version } from "../../version.js";
import { threads } from "../configuration.js";
import { choicesOf } from "../invocation.js";
import { computeOptions, outputOptions } from "../options.js";
import { printResult } from "../print.js";

export const info = defineCommand({
  meta: { name: "info", description: "Versions, backend, SIMD level and threads, and why" },
  args: { ...computeOptions, ...outputOptions },
  async run({ args }) {
    const smallest = {
      network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 } as const] },
      training: { threads: threads(args.threads ?? "auto") },
    };
    using network = await createNetwork(smallest, choicesOf(args, new AbortController().signal));
    const { backend, info: session } = network;
    const report = {
      version,
      core: backend.version,
      backend: {
        kind: backend.kind,
        simd: session.simd,
        simdLevels: backend.simdLevels,
        threads: session.threads,
        reason: backend.reason,
      },
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    };
    printResult(args.json === true, report, () => [
      `spikelet   ${report.version} (core ${report.core})`,
      `backend    ${report.backend.kind}: ${report.backend.reason}`,
      `SIMD       ${report.backend.simd} of ${report.backend.simdLevels.join(", ")}`,
      `threads    ${report.backend.threads}`,
      `node       ${report.node}, ${report.platform}`,
    ]);
  },
});
