// Which files of the clone a module imports, and those import in turn.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { ROOT } from "./stamps.mjs";

/**
 * What names that are not paths stand for in the tests: vitest.config.ts.
 *
 * @type {readonly { pattern: RegExp, path: string }[]}
 */
const ALIASES = [
  { pattern: /^spikelet$/, path: "ts/index.ts" },
  { pattern: /^spikelet\/export$/, path: "ts/export/index.ts" },
  { pattern: /^spikelet\/infer$/, path: "ts/infer/index.ts" },
  { pattern: /^spikelet\/infer\/encode$/, path: "ts/infer/encode/index.ts" },
  { pattern: /^spikelet\/infer\/integer$/, path: "ts/infer/integer/index.ts" },
  { pattern: /^spikelet\/infer\/wasm$/, path: "ts/infer/wasm/index.ts" },
  { pattern: /^spikelet\/page$/, path: "ts/page/index.browser.ts" },
  { pattern: /^spikelet\/plot$/, path: "ts/plot/index.ts" },
  { pattern: /^spikelet\/backend$/, path: "ts/backend.ts" },
  { pattern: /^spikelet\/report$/, path: "ts/report/index.node.ts" },
  { pattern: /^spikelet\/study$/, path: "ts/study/index.node.ts" },
  { pattern: /^#host\/(.*)$/, path: "ts/$1.node.ts" },
];
const ENDINGS = [".js", ".mjs"];
/** What TypeScript does not list among the imports of a file. */
const NAMESPACE = /^export (?:type )?\* as \w+ from "(.+?)"/gm;
/** What builds make. */
const BUILT = /^(dist|bindings)\//;

/**
 * Files that each file imports, as far as they were read.
 *
 * @type {Map<string, string[]>}
 */
const known = new Map();

/**
 * Files that modules consist of: they themselves and everything of the clone that they import, directly or not.
 *
 * @param {readonly string[]} modules paths relative to the root, with `/`
 * @returns {Promise<string[]>} sorted paths of the same form
 */
export async function filesImportedBy(modules) {
  const { preProcessFile } = (await import("typescript")).default;
  const importsOf = (/** @type {string} */ file) => {
    if (!/\.[cm]?[jt]s$/.test(file)) return [];
    const text = readFileSync(join(ROOT, file), "utf8");
    const { importedFiles } = preProcessFile(text, true, true);
    const names = [
      ...importedFiles.map(({ fileName }) => fileName),
      ...[...text.matchAll(NAMESPACE)].map(([, name = ""]) => name),
    ];
    return names.flatMap((name) => resolved(name, file) ?? []).filter((path) => !BUILT.test(path));
  };
  /** @type {Set<string>} */
  const found = new Set();
  const ahead = [...modules];
  for (let file = ahead.pop(); file !== undefined; file = ahead.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const imported = known.get(file) ?? importsOf(file);
    known.set(file, imported);
    ahead.push(...imported);
  }
  return [...found].sort();
}

/**
 * The file that a module imports by this name; undefined where it is one of a package, or is not there.
 *
 * @param {string} name
 * @param {string} from the module
 */
function resolved(name, from) {
  const alias = ALIASES.find(({ pattern }) => pattern.test(name));
  if (alias === undefined && !name.startsWith(".")) return undefined;
  const path = alias === undefined ? posix.join(dirname(from), name) : name.replace(alias.pattern, alias.path);
  const ending = ENDINGS.find((one) => path.endsWith(one));
  const sources = ending === undefined ? [] : [`${path.slice(0, -ending.length)}.ts`, `${path.slice(0, -ending.length)}.d.ts`];
  return [path, ...sources].find((one) => existsSync(join(ROOT, one)) && statSync(join(ROOT, one)).isFile());
}
