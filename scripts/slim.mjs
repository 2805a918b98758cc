// What a package needs not: comments of JavaScript, declarations that no entry reaches, spaces in the schema.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import { StepFailed } from "./run.mjs";

const DECLARATION = /\.d\.c?ts$/;
/** What esbuild has written as small as it is to be. */
const BUNDLES = /^dist[\\/](?:cdn|cjs)[\\/]/;
/** Code of bindings, which nobody reads. */
const GENERATED = /^bindings[\\/]/;
const FOR_BUNDLERS = /@vite-ignore|webpackIgnore|__PURE__/;

/**
 * Makes a folder that is to be packed smaller: what is said of a name stands in the declarations.
 *
 * @param {string} folder with a `package.json`
 */
export function slim(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const reached = declarationsFrom(folder);
  for (const file of files.filter((name) => DECLARATION.test(name)).map((name) => join(folder, name))) {
    if (!reached.has(file)) rmSync(file);
  }
  const scripts = files.filter((name) => name.endsWith(".js") && !BUNDLES.test(name)).map((name) => join(folder, name));
  for (const file of scripts) {
    const isGenerated = GENERATED.test(relative(folder, file));
    writeFileSync(file, withoutComments(readFileSync(file, "utf8"), { minifyWhitespace: isGenerated }));
  }
  const schema = join(folder, "spikelet.schema.json");
  writeFileSync(schema, `${JSON.stringify(JSON.parse(readFileSync(schema, "utf8")))}\n`);
}

/**
 * JavaScript without comments, but for those that bundlers read.
 *
 * @param {string} code
 * @param {{ minifyWhitespace: boolean }} options
 */
function withoutComments(code, { minifyWhitespace }) {
  /** @type {Map<number, number>} ends by beginnings */
  const comments = new Map();
  const visit = (/** @type {ts.Node} */ node) => {
    for (const ranges of [ts.getLeadingCommentRanges(code, node.pos), ts.getTrailingCommentRanges(code, node.end)]) {
      for (const { pos, end } of ranges ?? []) if (!FOR_BUNDLERS.test(code.slice(pos, end))) comments.set(pos, end);
    }
    for (const child of node.getChildren()) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(ts.createSourceFile("", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS));
  const pieces = [];
  let at = 0;
  for (const [begin, end] of [...comments].sort(([a], [b]) => a - b)) {
    // A comment over several lines ends a statement as a line does.
    pieces.push(code.slice(at, begin), code.slice(begin, end).includes("\n") ? "\n" : " ");
    at = end;
  }
  return transformSync(pieces.join("") + code.slice(at), {
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    minifyWhitespace,
  }).code;
}

/**
 * Declarations that the entries of a package are made of.
 *
 * @param {string} folder
 * @throws {StepFailed} where one imports a file that is missing.
 */
function declarationsFrom(folder) {
  const { exports, imports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  /** @type {Set<string>} */
  const reached = new Set();
  const left = leavesOf(exports).map((path) => join(folder, path));
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (!DECLARATION.test(file) || reached.has(file)) continue;
    if (!existsSync(file)) throw new StepFailed(`${file} is missing, which a declaration imports`);
    reached.add(file);
    for (const name of importedBy(readFileSync(file, "utf8"))) {
      left.push(...(name.startsWith(".") ? [declarationOf(join(dirname(file), name))] : ofHosts(name)));
    }
  }
  return reached;

  /** @param {string} name as `#host/x`; not every module has a file for each host */
  function ofHosts(name) {
    const patterns = Object.entries(imports).flatMap(([pattern, targets]) => {
      const [begin = "", end] = pattern.split("*");
      return end !== undefined && name.startsWith(begin) ? [{ star: name.slice(begin.length), targets }] : [];
    });
    const paths = patterns.flatMap(({ star, targets }) => leavesOf(targets).map((path) => path.replace("*", star)));
    return paths.map((path) => declarationOf(join(folder, path))).filter((path) => existsSync(path));
  }
}

/**
 * Names of the modules that a declaration imports, exports from or takes a type of.
 *
 * @param {string} text
 */
function importedBy(text) {
  /** @type {string[]} */
  const names = [];
  const visit = (/** @type {ts.Node} */ node) => {
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const name = ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : from;
    if (name !== undefined && ts.isStringLiteral(name)) names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("", text, ts.ScriptTarget.ES2022));
  return names;
}

const declarationOf = (/** @type {string} */ path) => path.replace(/\.(c?)js$/, ".d.$1ts");

/**
 * Paths in an entry of `exports` or `imports`, under whatever conditions.
 *
 * @param {string | object} entry
 * @returns {string[]}
 */
function leavesOf(entry) {
  return typeof entry === "string" ? [entry] : Object.values(entry).flatMap(leavesOf);
}
