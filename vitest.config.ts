import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { isBuildMachine } from "./scripts/skips.mjs";
import { NoSkips } from "./test/support/no-skips.js";
import { PATIENCE } from "./test/support/patience.js";

const source = fileURLToPath(new URL("./ts/", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^spikelet$/, replacement: `${source}index.ts` },
      { find: /^spikelet\/plot$/, replacement: `${source}plot/index.ts` },
      { find: /^#host\/(.*)$/, replacement: `${source}$1.node.ts` },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "library", include: ["test/**/*.test.ts"], exclude: ["test/site/**"] } },
      { extends: true, test: { name: "site", include: ["test/site/*.test.ts"], globalSetup: ["test/site/build.ts"] } },
    ],
    // Vitest's own choice is one fewer than there are cores; most tests wait for other processes and browsers.
    maxWorkers: availableParallelism() + 1,
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
    expect: { poll: { timeout: PATIENCE / 2 } },
    reporters: isBuildMachine ? ["default", new NoSkips()] : ["default"],
  },
});
