import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

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
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
