// npm run api: writes the public API as text, a file for each entry of the package, into api/. The check `public-api` compares them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { StepFailed } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";

const FOLDER = join(ROOT, "api");
const DIST = join(ROOT, "dist");

/** Marks of doc comments that are part of the promise; all else of a comment may change. */
const MARKS = ["experimental", "deprecated"];

/** Entries whose modules are started by their address: they export nothing. */
const ADDRESSES = ["./microphone-worklet", "./worker", "./worker-threads"];

/**
 * The public API of every entry, as text by file name.
 *
 * @returns {Map<string, string>}
 */
function apiFiles() {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const entries = Object.entries(exports)
    .filter(([path, target]) => typeof target === "object" && !ADDRESSES.includes(path))
    .map(([path, target]) => ({ name: path.replace(/^\./, name), file: join(ROOT, target.types) }));
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
  };
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    options,
  );
  const api = new Api(program, entries);
  return new Map(entries.map((entry) => [`${entry.name.replaceAll("/", "-")}.d.ts`, api.textOf(entry)]));
}

/** What the declarations of the package say, by entry. */
class Api {
  #checker;
  #program;
  /** Name of the first entry that exports a declaration. @type {Map<ts.Symbol, string>} */
  #homes = new Map();

  constructor(program, entries) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    for (const entry of entries) {
      for (const [, symbol] of this.#exportsOf(entry)) if (!this.#homes.has(symbol)) this.#homes.set(symbol, entry.name);
    }
  }

  /** All that an entry exports, and what these declarations name without exporting it. */
  textOf(entry) {
    const exported = this.#exportsOf(entry);
    const own = new Set(exported.map(([, symbol]) => symbol));
    /** @type {Map<string, Set<string>>} names by the entry that exports them */
    const imported = new Map();
    /** @type {Map<ts.Symbol, string>} */
    const further = new Map();
    const visit = (symbol) => {
      for (const named of this.#namedBy(symbol)) {
        if (own.has(named) || further.has(named)) continue;
        const home = this.#homes.get(named);
        if (home !== undefined) imported.set(home, (imported.get(home) ?? new Set()).add(named.name));
        else {
          further.set(named, this.#declared(named.name, named));
          visit(named);
        }
      }
    };
    for (const [, symbol] of exported) visit(symbol);
    const imports = [...imported].map(([home, names]) => `import { ${[...names].sort().join(", ")} } from "${home}";`);
    const declarations = exported.map(([name, symbol]) =>
      this.#declared(name, symbol).replace(/^(\/\*\*.*\*\/\n)?/, "$1export "),
    );
    const parts = [`// import { … } from "${entry.name}"`, imports.sort().join("\n"), ...declarations];
    if (further.size > 0) parts.push("// Named above, and not exported:", ...[...further.values()].sort());
    return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
  }

  /** What an entry exports, in the order of names. @returns {[name: string, symbol: ts.Symbol][]} */
  #exportsOf({ file }) {
    const module = this.#checker.getSymbolAtLocation(this.#program.getSourceFile(file));
    if (module === undefined) throw new StepFailed(`${relative(ROOT, file)} is no module: npm run build`);
    return this.#checker
      .getExportsOfModule(module)
      .map((symbol) => /** @type {[string, ts.Symbol]} */ ([symbol.name, this.#resolved(symbol)]))
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }

  #resolved(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The declarations of a symbol under a name; those of a module as a namespace. */
  #declared(name, symbol) {
    const declarations = symbol.declarations ?? [];
    if (declarations.some(ts.isSourceFile)) {
      const inner = this.#checker.getExportsOfModule(symbol).map((one) => this.#declared(one.name, this.#resolved(one)));
      return `namespace ${name} {\n${inner
        .sort()
        .join("\n")
        .replace(/^(?=.)/gm, "  ")}\n}`;
    }
    const texts = declarations.map((declaration) => {
      const isVariable = ts.isVariableDeclaration(declaration);
      const text = plain(isVariable ? declaration.parent.parent : declaration);
      return text
        .replace(/^((?:\/\*\*.*\*\/\n)?)(?:export )?(?:default )?(?:declare )?/, "$1")
        .replace(/;?$/, ";")
        .replace(/};$/, "}");
    });
    return [...new Set(texts)].join("\n");
  }

  /** Symbols of the package that the declarations of a symbol name. @returns {Set<ts.Symbol>} */
  #namedBy(symbol) {
    /** @type {Set<ts.Symbol>} */
    const found = new Set();
    const visit = (/** @type {ts.Node} */ node) => {
      if (isPrivate(node)) return;
      const name = ts.isIdentifier(node) || (ts.isImportTypeNode(node) && node.qualifier) ? node : undefined;
      const at =
        name === undefined ? undefined : this.#checker.getSymbolAtLocation(ts.isImportTypeNode(node) ? node.qualifier : node);
      const named = at && this.#resolved(at);
      if (named !== undefined && named !== symbol && this.#isDeclaredHere(named)) found.add(named);
      ts.forEachChild(node, visit);
    };
    const modules = (symbol.declarations ?? []).filter(ts.isSourceFile);
    if (modules.length > 0) {
      for (const one of this.#checker.getExportsOfModule(symbol)) {
        for (const declaration of this.#resolved(one).declarations ?? []) visit(declaration);
      }
      for (const one of this.#checker.getExportsOfModule(symbol)) found.delete(this.#resolved(one));
    } else {
      for (const declaration of symbol.declarations ?? [])
        visit(ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration);
    }
    return found;
  }

  /** Whether a symbol is a type, a class, a function or a constant of a module of dist/. */
  #isDeclaredHere({ declarations = [], flags }) {
    const isOuter = flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Function | ts.SymbolFlags.BlockScopedVariable);
    return (
      isOuter !== 0 &&
      (flags & ts.SymbolFlags.TypeParameter) === 0 &&
      declarations.some(
        (one) =>
          one
            .getSourceFile()
            .fileName.replaceAll("/", sep)
            .startsWith(DIST + sep) && isTopLevel(one),
      )
    );
  }
}

function isTopLevel(/** @type {ts.Node} */ declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isSourceFile(statement.parent);
}

/** Whether a member is private, which TypeScript declares by its name alone. */
function isPrivate(/** @type {ts.Node} */ node) {
  return ts.isClassElement(node) && ((node.name !== undefined && ts.isPrivateIdentifier(node.name)) || isMarkedPrivate(node));
}

function isMarkedPrivate(/** @type {ts.Node} */ node) {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0 && !ts.isConstructorDeclaration(node);
}

/** A declaration without its private members, and without comments except for the marks in them. */
function plain(/** @type {ts.Node} */ node) {
  const { text } = node.getSourceFile();
  const [from, end] = [node.getFullStart(), node.getEnd()];
  /** What stands in place of a comment, by its end. @type {Map<number, string>} */
  const marked = new Map();
  /** @type {[from: number, to: number][]} */
  const hidden = [];
  const visit = (/** @type {ts.Node} */ inner) => {
    if (isPrivate(inner)) hidden.push([inner.getFullStart(), inner.getEnd()]);
    const comment = "jsDoc" in inner ? /** @type {ts.JSDoc[] | undefined} */ (inner.jsDoc)?.at(-1) : undefined;
    const tags = comment?.tags?.map(({ tagName }) => tagName.text) ?? [];
    const marks = MARKS.filter((mark) => tags.includes(mark)).map((mark) => `@${mark}`);
    if (comment !== undefined && marks.length > 0) marked.set(comment.getEnd(), `/** ${marks.join(" ")} */`);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, false, ts.LanguageVariant.Standard, text, undefined, from, end - from);
  let kept = "";
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const at = scanner.getTokenEnd();
    if (hidden.some(([first, last]) => first < at && at <= last)) continue;
    const isComment = token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia;
    kept += isComment ? (marked.get(at) ?? "") : scanner.getTokenText();
  }
  return kept
    .replace(/[ \t]+$/gm, "")
    .replace(/^\n/gm, "")
    .trim();
}

/** Compares the files of api/ with the declarations in dist/. @throws {StepFailed} with the first difference. */
export function checkApiFiles() {
  const files = apiFiles();
  for (const [name, text] of files) {
    const path = join(FOLDER, name);
    const known = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (known === text) continue;
    const [before, after] = [known, text].map((one) => one.split("\n"));
    const line = after.findIndex((one, at) => one !== before[at]);
    const shown = [`- ${before.at(line) ?? ""}`, `+ ${after.at(line) ?? ""}`].join("\n");
    throw new StepFailed(
      `the public API is not what api/${name} says, first in line ${line + 1}:\n${shown}\nIf that is meant: npm run api, and commit it.`,
    );
  }
  const unknown = readdirSync(FOLDER).find((name) => !files.has(name));
  if (unknown !== undefined) throw new StepFailed(`api/${unknown} is no entry of the package: npm run api removes it`);
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp({ withAddon: false, withWasm: false });
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    for (const [name, text] of apiFiles()) writeFileSync(join(FOLDER, name), text);
  });
}
