import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Pages that measure, which are no rooms. */
const MEASURES = /^(.*\/)?(bench|kernels)\.html$/;
/** What the rooms do without; workers share memory in a benchmark alone. */
const LEFT_OUT = /^assets\/(bench|kernels)|threads|\.map$|preview/;

/** Adds the service worker, named after what it keeps, and its registration in each room. */
export function offline() {
  return {
    name: "offline",
    apply: /** @type {const} */ ("build"),
    transformIndexHtml: {
      order: /** @type {const} */ ("pre"),
      /** @param {string} _ @param {{ path: string }} context */
      handler: (_, { path }) =>
        MEASURES.test(path)
          ? []
          : [{ tag: "script", attrs: { type: "module", src: "./offline/register.ts" }, injectTo: /** @type {const} */ ("head") }],
    },
    generateBundle: {
      order: /** @type {const} */ ("post"),
      /** @this {import("vite").Rollup.PluginContext} @param {unknown} _ @param {import("vite").Rollup.OutputBundle} bundle */
      async handler(_, bundle) {
        const kept = Object.values(bundle).filter(({ fileName }) => !MEASURES.test(fileName) && !LEFT_OUT.test(fileName));
        const hash = createHash("sha256");
        for (const file of kept.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
          hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
        }
        const files = kept.map(({ fileName }) => fileName).toSorted();
        const constants = { VERSION: hash.digest("hex").slice(0, 16), FILES: files };
        const lines = Object.entries(constants).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
        const text = await readFile(new URL("service-worker.js", import.meta.url), "utf8");
        this.emitFile({ type: "asset", fileName: "service-worker.js", source: `${lines.join("\n")}\n${text}` });
      },
    },
  };
}
