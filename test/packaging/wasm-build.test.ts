import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PKG = join(ROOT, "bindings/wasm/pkg");
const execute = promisify(execFile);

/** Says its version; asked to build, notes with which words and where, and leaves what wasm-pack leaves. */
const FAKE = (version: string, log: string) => `#!${process.execPath}
const { appendFileSync, cpSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const words = process.argv.slice(2);
if (words[0] === "--version") return console.log("wasm-pack ${version}");
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ words, folder: process.cwd() }) + "\\n");
const out = join(process.cwd(), words[1], words[words.indexOf("--out-dir") + 1]);
cpSync(${JSON.stringify(PKG)}, out, { recursive: true });
writeFileSync(join(out, ".gitignore"), "*");
`;

const PROGRAM = `
import { makeWasm, wasmTool } from ${JSON.stringify(new URL("../../scripts/wasm.mjs", import.meta.url).href)};
const found = wasmTool();
const folder = process.env.WASM_FOLDER;
const made = found.tool === "wasm-pack" ? await makeWasm({ tool: found.tool, folder }) : undefined;
console.log(JSON.stringify({ ...found, made }));
`;

// What is found on PATH has another form on Windows; nothing else differs.
describe.skipIf(process.platform === "win32")("the build of the WebAssembly", () => {
  let folder: string;
  let made: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-wasm-pack-"));
    await mkdir(join(ROOT, ".cache"), { recursive: true });
    made = await mkdtemp(join(ROOT, ".cache", "wasm-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(made, { recursive: true, force: true });
  });

  /** What the scripts make of the program as `wasm-pack` on PATH. */
  async function withWasmPack(program: string) {
    const log = join(folder, "log");
    await writeFile(log, "");
    await writeFile(join(folder, "wasm-pack"), program, { mode: 0o755 });
    const env = {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      WASM_FOLDER: relative(join(ROOT, "bindings/wasm"), made),
    };
    const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", PROGRAM], { env });
    const calls = (await readFile(log, "utf8")).split("\n").filter(Boolean);
    return { found: JSON.parse(stdout), calls: calls.map((line) => JSON.parse(line)) };
  }

  it("is wasm-pack's where it is installed, with the profile, names and lock file of the other way", async () => {
    const { found, calls } = await withWasmPack(FAKE("0.15.1", join(folder, "log")));
    expect(found).toEqual({ tool: "wasm-pack", version: "0.15.1", why: "wasm-pack 0.15.1 is installed", made });
    expect(calls).toEqual([{ words: expect.arrayContaining(["build", "bindings/wasm"]), folder: ROOT.replace(/\/$/, "") }]);
    const words: string[] = calls[0].words;
    const after = (word: string) => words[words.indexOf(word) + 1];
    expect([after("--target"), after("--profile"), after("--out-name")]).toEqual(["web", "wasm", "spikelet"]);
    const flags = expect.stringMatching(
      /^target\.wasm32-unknown-unknown\.rustflags=\["-Zunstable-options","-Cpanic=immediate-abort","--remap-path-prefix=.+=\/rust\/deps"/,
    );
    const standardLibrary = ["-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"];
    expect(words.slice(words.indexOf("--"))).toEqual(["--", "--locked", ...standardLibrary, "--config", flags]);
    expect((await readdir(made)).sort(), "npm would leave out what a .gitignore names").toEqual((await readdir(PKG)).sort());
  });

  it.each([
    ["is missing", `#!${process.execPath}\nprocess.exit(127);\n`, "wasm-pack is not installed"],
    ["knows no profiles", FAKE("0.13.1", ""), "wasm-pack 0.13.1 is too old, 0.14 or newer is used"],
  ])("is the library's where wasm-pack %s", async (_, program, why) => {
    const { found, calls } = await withWasmPack(program);
    expect(found).toMatchObject({ tool: "library", why });
    expect(calls).toEqual([]);
  });

  it("has the functions that the committed declarations name, whichever way it was made", async () => {
    const declared = await readFile(join(ROOT, "ts/runtime/wasm-binding.d.ts"), "utf8");
    const copy = join(made, "spikelet.mjs");
    await cp(join(PKG, "spikelet.js"), copy);
    const names = [...declared.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(Object.keys(await import(copy))).toEqual(expect.arrayContaining(names));
  });

  it("is made by both ways on build machines, with the wasm-bindgen of the crates", async () => {
    const read = (path: string) => readFile(join(ROOT, path), "utf8");
    const version = /^wasm-bindgen = "=([\d.]+)"$/m.exec(await read("Cargo.toml"))?.[1];
    for (const name of ["ci", "release"]) {
      const lines = (await read(`.github/workflows/${name}.yml`)).split("\n").filter((line) => line.includes("cargo install"));
      expect(lines, name).toHaveLength(1);
      expect(lines[0], name).toMatch(/ wasm-pack@\d+\.\d+\.\d+/);
      expect(lines[0], name).toContain(` wasm-bindgen-cli@${version}`);
    }
  });
});
