// What may import what. Runs once as Node and once as a page resolves `#host/x`: scripts/checks.mjs.

/**
 * Files and folders of `ts`, each with those directly below it. A name may import these and whatever they may import, and is listed
 * after them.
 *
 * @type {Record<string, readonly string[]>}
 */
export const DIRECTLY_BELOW = {
  generated: [],
  escaped: [],
  counted: [],
  spread: [],
  random: [],

  errors: ["generated", "escaped"],
  config: ["generated"],
  closest: ["generated"],
  presets: ["generated"],
  version: ["generated"],
  "health/warning": ["generated"],
  check: ["errors", "config", "closest", "presets", "version", "health/warning"],

  events: ["check"],
  io: ["check"],
  json: ["check"],
  runtime: ["events", "io", "json"],

  infer: [],
  kernels: ["runtime", "spread", "closest"],

  backend: ["runtime"],
  deprecations: ["runtime"],
  spikes: ["runtime"],
  encode: ["spikes"],
  decisions: ["json"],
  results: ["spikes", "decisions"],
  datasets: ["encode", "results", "random"],
  recommend: ["datasets"],
  page: ["datasets"],

  layers: ["generated"],
  graph: ["generated"],
  "surrogate-table": ["check", "generated"],
  "network-info": ["generated"],
  "plan-text": ["network-info"],
  health: ["network-info", "events", "decisions"],
  session: ["datasets", "health"],
  network: ["session"],
  trainer: ["network"],
  "fine-tune": ["trainer"],

  exchange: ["network", "graph"],
  export: ["network", "infer"],
  neurobench: ["network"],
  summary: ["network", "plan-text", "graph"],
  index: ["deprecations", "fine-tune", "exchange", "neurobench", "recommend", "summary", "layers", "surrogate-table"],

  plot: ["results", "counted", "spread", "graph"],
  report: ["plot"],
  "report/result": ["report", "network"],
  "report/watch": ["report/result"],
  "report/api": ["report/watch", "trainer"],
  "report/index": ["report/api"],

  "kernels/report": ["kernels", "report"],

  "study/plan": ["datasets"],
  "study/store": ["study/plan"],
  "study/run": ["study/store", "trainer"],
  "study/report": ["study/run", "report"],
  cli: ["index", "export", "kernels/report", "study/report", "report/watch"],
  "study/api": ["study/report", "cli"],
  "study/index": ["study/api"],
};

const NAMES = Object.keys(DIRECTLY_BELOW);

/** Files of a name: `a/b.ts`, `a/b.node.ts` and what is in `a/b/`, but for names of their own there. */
function filesOf(/** @type {string} */ name) {
  const inner = NAMES.filter((other) => other.startsWith(`${name}/`)).map((other) => other.slice(name.length));
  const others = inner.length === 0 ? "" : `(?!(?:${inner.join("|")})[./])`;
  return `^ts/${name}${others}[./]`;
}

/** @returns {import("dependency-cruiser").IForbiddenRuleType} */
const forbidden = (
  /** @type {string} */ name,
  /** @type {import("dependency-cruiser").IRegularForbiddenRuleType["from"]} */ from,
  /** @type {import("dependency-cruiser").IRegularForbiddenRuleType["to"]} */ to,
) => ({ name, severity: "error", from, to });

/**
 * One rule for each name.
 *
 * @throws where a name is listed before one that is below it: names can't be below each other.
 */
function arrow() {
  /** @type {Map<string, readonly string[]>} */
  const below = new Map();
  return Object.entries(DIRECTLY_BELOW).map(([name, names]) => {
    const early = names.find((one) => !below.has(one));
    if (early !== undefined) throw new Error(`${name} has to be listed after ${early}, which is below it`);
    const all = [...new Set(names.flatMap((one) => [one, ...(below.get(one) ?? [])]))];
    below.set(name, all);
    return forbidden(name, { path: filesOf(name) }, { path: "^ts/", pathNot: [name, ...all].map(filesOf) });
  });
}

const OF_NODE = ["^ts/cli/", "^ts/runtime/native[.]ts$", "[.]node[.]ts$"];
/**
 * Imports by a name that stands for a file: `#host/x`, and the package by its own.
 *
 * @type {import("dependency-cruiser").DependencyType[]}
 */
const ALIASED = ["aliased"];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...arrow(),
    forbidden("named-here", { path: "^ts/", pathNot: NAMES.map(filesOf) }, {}),
    forbidden("no-circles", {}, { circular: true }),

    forbidden("library-alone", { path: "^ts/" }, { path: "^(research|demo|test|benches|examples|scripts|site)/" }),
    forbidden(
      "public-entries",
      { path: "^(research/|demo/.*[.]ts$)" },
      { path: "^([.][.]/)*(ts|dist|bindings|spikelet)/", dependencyTypesNot: ALIASED },
    ),

    forbidden(
      "either-host",
      { path: "^ts/", pathNot: [...OF_NODE, "[.](browser|edge)[.]ts$"] },
      { path: [...OF_NODE, "[.](browser|edge)[.]ts$"], dependencyTypesNot: ALIASED },
    ),
    forbidden(
      "page-not-node",
      { path: "[.](browser|edge)[.]ts$" },
      { path: OF_NODE, dependencyTypesNot: [...ALIASED, "type-only"] },
    ),
    forbidden("node-not-page", { path: OF_NODE }, { path: "[.](browser|edge)[.]ts$", dependencyTypesNot: ALIASED }),

    forbidden("only-in-node", { path: "^ts/", pathNot: OF_NODE }, { dependencyTypes: ["core"] }),
    forbidden("only-native", { path: "^ts/", pathNot: "^ts/runtime/native[.]ts$" }, { path: ["bindings/node", "[.]node$"] }),
    forbidden("only-wasm", { path: "^ts/", pathNot: "^ts/runtime/wasm[^/]*$" }, { path: ["bindings/wasm", "^#wasm"] }),
    forbidden("only-worker", { path: "^ts/", pathNot: "^ts/runtime/worker[^/]*$" }, { path: "^(node_modules/)?comlink" }),
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: ["node_modules", "^dist/", "^bindings/"] } },
};
