import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "spikelet/plot": fileURLToPath(new URL("./ts/plot/index.ts", import.meta.url)),
      spikelet: fileURLToPath(new URL("./ts/index.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
