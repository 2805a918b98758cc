// Groups of the tests in TypeScript. Each folder of test/ that has test files is a group, a project of Vitest with a stamp of its own:
// the folder decides in which command a test runs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesImportedBy } from "./imports.mjs";
import { filesIn, ROOT } from "./stamps.mjs";

/**
 * @typedef {object} Group
 * @property {"quick" | "all" | "named"} tier quick: of `npm test`; all: of `npm run test:all`; named: only where its name is given
 * @property {readonly ("addon" | "dist" | "wasm" | "chromium")[]} needs what has to be built or installed first
 * @property {readonly string[]} [reads] files and folders that its tests read, beside what they import and its own folder
 * @property {string} [folder] of test/, where it is another than its name
 * @property {Record<string, string>} [env] environment variables of its tests
 * @property {string[]} [globalSetup] modules that run once before them
 * @property {Record<string, readonly string[]>} [readBy] files and folders that single test files read, by their names in its folder; with
 * it a test runs again only when its own inputs have changed, without it the group does when those of any of its tests have
 */

const PAGES = [
  "docs",
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "CODE_OF_CONDUCT.md",
  "SECURITY.md",
  "fuzz/README.md",
];
/** What `npm pack` takes beside what is built. */
const PACKAGE = ["spikelet.schema.json", "LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt", "README.md"];
const TRANSLATED = ["test/golden", "crates/golden"];

/** Everything under version control, but for records of runs. */
const EVERYTHING = readdirSync(ROOT).filter(
  (name) => !["node_modules", "target", "out", "data", "dist", ".git", ".cache"].includes(name),
);
const NATIVE = { SPIKELET_TEST_BACKEND: "native" };
const WASM = { SPIKELET_TEST_BACKEND: "wasm" };

/** @type {Record<string, Group>} */
export const GROUPS = {
  api: { tier: "quick", needs: ["addon", "dist"], reads: ["test/fixtures"], readBy: {} },
  backends: { tier: "quick", needs: ["addon"], reads: ["test/fixtures"], readBy: {}, env: NATIVE },
  "backends-wasm": { tier: "all", needs: ["addon", "wasm"], reads: ["test/fixtures"], folder: "backends", env: WASM },
  benches: { tier: "all", needs: ["addon", "dist", "wasm"], reads: ["benches", "scripts"] },
  browser: {
    tier: "all",
    needs: ["addon", "dist", "wasm", "chromium"],
    reads: [...PACKAGE, "demo", "benches/js", "docs/guides/browser.md", "test/parity", "presets"],
    globalSetup: ["test/support/shared-package.ts", "test/browser/shared-demo.ts"],
  },
  browsers: { tier: "all", needs: ["addon", "dist", "wasm", "chromium"], reads: ["demo"] },
  c: { tier: "all", needs: ["addon", "dist"], reads: [...TRANSLATED, "docs/guides/microcontroller.md"] },
  cli: {
    tier: "all",
    needs: ["addon", "dist", "wasm", "chromium"],
    reads: ["test/fixtures", "docs/reference/runs-and-metrics.md", "presets"],
  },
  cluster: { tier: "all", needs: ["addon", "dist"], reads: ["docs/cluster"] },
  damage: { tier: "all", needs: ["addon", "dist", "wasm"], reads: ["test/fixtures", "fuzz/corpus", "fuzz/found"] },
  docs: {
    tier: "all",
    needs: ["addon", "dist", "wasm"],
    reads: [
      ...PAGES,
      "presets",
      "scripts",
      "site",
      "examples",
      "benches",
      "research",
      "test/browsers/seen.json",
      "crates/io/src",
      "CITATION.cff",
    ],
  },
  // Programs of examples/ that learn for seconds.
  examples: { tier: "all", needs: ["addon"], reads: ["test/fixtures"] },
  exchange: { tier: "all", needs: ["addon", "dist", "wasm"], reads: ["test/fixtures", "scripts/exchange-python.mjs"] },
  frameworks: {
    tier: "all",
    needs: ["addon", "dist", "wasm", "chromium"],
    reads: [...PACKAGE, "scripts", "create-spikelet", "examples"],
    globalSetup: ["test/support/shared-package.ts"],
  },
  golden: { tier: "quick", needs: ["addon"], reads: TRANSLATED, env: NATIVE },
  "golden-wasm": { tier: "all", needs: ["addon", "wasm"], reads: TRANSLATED, folder: "golden", env: WASM },
  health: { tier: "quick", needs: ["addon"], readBy: {} },
  load: { tier: "all", needs: ["addon", "dist", "wasm"] },
  mpi: { tier: "all", needs: ["addon", "dist"], reads: ["presets", "scripts"] },
  packaging: {
    tier: "all",
    needs: ["addon", "dist", "wasm"],
    reads: [...PACKAGE, "docs/learn/your-data.md", "docs/guides/browser.md", ".attw.json", "scripts", "presets"],
    globalSetup: ["test/support/shared-package.ts"],
  },
  parity: { tier: "all", needs: ["addon", "wasm"], reads: TRANSLATED },
  playground: { tier: "all", needs: ["addon"] },
  plot: { tier: "quick", needs: ["addon"], readBy: { "figures.test.ts": ["docs/figures"] } },
  promises: {
    tier: "named",
    needs: ["addon", "dist", "wasm", "chromium"],
    reads: [...PACKAGE, "CHANGELOG.md", "docs", "site", "scripts", "create-spikelet"],
  },
  report: { tier: "quick", needs: ["addon"], readBy: {} },
  research: {
    tier: "all",
    needs: ["addon", "dist"],
    reads: ["research", "docs/results", "docs/guides", "docs/figures", "site/figures"],
  },
  repository: { tier: "quick", needs: [], reads: EVERYTHING },
  site: {
    tier: "all",
    needs: ["addon", "chromium"],
    reads: [...PAGES, "ts", "typedoc.json", "site", "scripts", "demo/rooms.mjs"],
    globalSetup: ["test/site/build.ts"],
  },
  study: { tier: "all", needs: ["addon", "dist"] },
  sweep: { tier: "all", needs: ["addon", "dist"] },
  unit: {
    tier: "quick",
    needs: ["addon"],
    reads: ["presets", "spikelet.schema.json", "test/fixtures"],
    readBy: {
      "bindings.test.ts": ["ts"],
      "checks.test.ts": ["scripts"],
      "schema.test.ts": ["ts"],
      "set-up.test.ts": ["scripts"],
    },
  },
  wasm: { tier: "all", needs: ["addon", "wasm"] },
};

/** What a test of any group depends on. */
const COMMON = ["package.json", "package-lock.json", "tsconfig.json", "test/may-skip.json"];
/** @type {Record<string, readonly string[]>} */
const MADE = {
  addon: ["bindings/node/index.js", "bindings/node/index.d.ts"],
  dist: ["ts"],
  wasm: ["bindings/extras/pkg", "bindings/infer/pkg", "bindings/kernels/pkg", "bindings/wasm/pkg", "bindings/wasm/pkg-threads"],
};

/**
 * Files and folders that were made of what a group needs: a change of a comment in Rust makes the same ones.
 *
 * @param {readonly string[]} needs
 */
function madeFor(needs) {
  const made = needs.flatMap((need) => MADE[need] ?? []);
  if (!needs.includes("addon")) return made;
  const folder = "bindings/node";
  const addons = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".node") && file !== "spikelet-mpi.node");
  return [...made, ...addons.map((file) => `${folder}/${file}`)];
}

/**
 * Checks that the folders of test/ and the groups are the same.
 *
 * @throws where a folder with tests has no group.
 */
function everyFolderIsOne() {
  const known = new Set(Object.entries(GROUPS).map(([name, { folder = name }]) => folder));
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".test.ts"),
  );
  const folders = new Set(files.map((file) => file.split(/[\\/]/)[0] ?? ""));
  const unknown = [...folders].find((folder) => !known.has(folder));
  if (unknown !== undefined) throw new Error(`test/${unknown} has tests and is no group of scripts/groups.mjs`);
}
everyFolderIsOne();

const MODULE = /\.(ts|mjs)$/;
/** What is built, and the folder of what a program that a test starts is built from. */
const STARTED = { built: /["'`/]dist\//, folder: "ts" };

/**
 * Everything that the tests of a group depend on, as `hashOf` takes it.
 *
 * @param {string} name
 * @returns {Promise<string[]>}
 */
export async function inputsOf(name) {
  const group = GROUPS[name];
  if (group === undefined) throw new Error(`there is no group ${name}`);
  const { folder = name, needs, reads = [], readBy = {} } = group;
  const own = filesIn([`test/${folder}`]);
  const imported = await filesImportedBy(["vitest.config.ts", ...own.filter((file) => MODULE.test(file))]);
  const read = [...reads, ...Object.values(readBy).flat(), ...madeFor(needs)];
  return [...new Set([...COMMON, ...own, ...imported, ...read])];
}

/**
 * The test files of a group whose tests run again one by one, each with all that it depends on; none where the group runs as a whole.
 *
 * @param {string} name
 * @returns {Promise<Map<string, string[]>>}
 */
export async function inputsByFile(name) {
  const { folder = name, needs, reads = [], readBy } = GROUPS[name] ?? {};
  if (needs === undefined || readBy === undefined) return new Map();
  const all = filesIn([`test/${folder}`]);
  const tests = all.filter((file) => file.endsWith(".test.ts"));
  const shared = all.filter((file) => !file.endsWith(".test.ts"));
  const needed = madeFor(needs.filter((need) => need !== "dist"));
  const inputs = tests.map(async (file) => {
    const imported = await filesImportedBy(["vitest.config.ts", file, ...shared.filter((one) => MODULE.test(one))]);
    const isStarting = imported.some(
      (one) => one.startsWith("test/") && STARTED.built.test(readFileSync(join(ROOT, one), "utf8")),
    );
    const read = [...reads, ...(readBy[file.slice(`test/${folder}/`.length)] ?? []), ...(isStarting ? [STARTED.folder] : [])];
    return /** @type {[string, string[]]} */ ([file, [...new Set([...COMMON, ...shared, ...imported, ...read, ...needed])]]);
  });
  return new Map(await Promise.all(inputs));
}
