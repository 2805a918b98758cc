import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { GROUPS } from "./scripts/groups.mjs";
import { isBuildMachine } from "./scripts/skips.mjs";
import { NoSkips } from "./test/support/no-skips.js";
import { Outcomes } from "./test/support/outcomes.js";
import { PATIENCE } from "./test/support/patience.js";

/** Where `npm test` wants to read which groups passed. */
const outcomes = process.env["SPIKELET_OUTCOMES"];
const source = fileURLToPath(new URL("./ts/", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^spikelet$/, replacement: `${source}index.ts` },
      { find: /^spikelet\/backend$/, replacement: `${source}backend.ts` },
      { find: /^spikelet\/export$/, replacement: `${source}export/index.ts` },
      { find: /^spikelet\/infer$/, replacement: `${source}infer/index.ts` },
      { find: /^spikelet\/infer\/encode$/, replacement: `${source}infer/encode/index.ts` },
      { find: /^spikelet\/infer\/integer$/, replacement: `${source}infer/integer/index.ts` },
      { find: /^spikelet\/infer\/wasm$/, replacement: `${source}infer/wasm/index.ts` },
      { find: /^spikelet\/page$/, replacement: `${source}page/index.browser.ts` },
      { find: /^spikelet\/plot$/, replacement: `${source}plot/index.ts` },
      { find: /^spikelet\/report$/, replacement: `${source}report/index.node.ts` },
      { find: /^spikelet\/study$/, replacement: `${source}study/index.node.ts` },
      { find: /^#host\/(.*)$/, replacement: `${source}$1.node.ts` },
    ],
  },
  test: {
    projects: Object.entries(GROUPS).map(([name, { folder = name, env = {}, globalSetup = [] }]) => ({
      extends: true as const,
      test: { name, include: [`test/${folder}/**/*.test.ts`], env, globalSetup },
    })),
    // The built command that tests run in their own process is what ships: Node loads it.
    server: { deps: { external: [/\/dist\//] } },
    // Vitest's own choice is one fewer than there are cores; most tests wait for other processes and browsers.
    maxWorkers: availableParallelism() + 1,
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
    // Warnings of trainings that are small or badly set up on purpose.
    onConsoleLog: (log) => !log.startsWith("spikelet: "),
    expect: { poll: { timeout: PATIENCE / 2 } },
    reporters: [
      "default",
      ...(isBuildMachine ? [new NoSkips()] : []),
      ...(outcomes === undefined ? [] : [new Outcomes(outcomes, isBuildMachine)]),
    ],
  },
});
