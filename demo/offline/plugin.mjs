import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** What the rooms do without: the benchmark is none of them, and workers share memory there alone. */
const LEFT_OUT = /^bench\.html$|^assets\/bench|threads|\.map$|preview/;

/** Adds the service worker, named after what it keeps, and its registration in each room. */
export function offline() {
  return {
    name: "offline",
    apply: /** @type {const} */ ("build"),
    transformIndexHtml: {
      order: /** @type {const} */ ("pre"),
      /** @param {string} _ @param {{ path: string }} context */
      handler: (_, { path }) =>
        path.endsWith("bench.html")
          ? []
          : [{ tag: "script", attrs: { type: "module", src: "./offline/register.ts" }, injectTo: /** @type {const} */ ("head") }],
    },
    generateBundle: {
      order: /** @type {const} */ ("post"),
      /** @this {import("vite").Rollup.PluginContext} @param {unknown} _ @param {import("vite").Rollup.OutputBundle} bundle */
      async handler(_, bundle) {
        const kept = Object.values(bundle).filter(({ fileName }) => !LEFT_OUT.test(fileName));
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
