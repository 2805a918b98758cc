import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync, inflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { createNetwork } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packedProject } from "../support/packed-project.js";

/** Most bytes of a bundle of each entry, gzipped, and where its files are. */
const ENTRIES = [
  ["* of spikelet/infer", 6_850, ["dist/infer/"]],
  ["* of spikelet/infer/encode", 6_250, ["dist/infer/"]],
  ["* of spikelet/infer/integer", 4_950, ["dist/infer/"]],
  ["{ load } of spikelet/infer/wasm", 25_100, ["dist/infer/", "bindings/infer/pkg/module.js"]],
  ["* of spikelet/infer/wasm", 27_300, ["dist/infer/", "bindings/infer/pkg/module.js"]],
] as const;
/** Most bytes of the WebAssembly, gzipped. */
const MODULE_LIMIT = 15_000;

describe("spikelet/infer of the tarball", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject();
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it.each(ENTRIES)("%s is small in a bundle, and takes nothing else", async (what, limit, places) => {
    const [names, entry] = what.split(" of ");
    const { outputFiles, metafile } = await build({
      stdin: { contents: `export ${names} from "${entry}";`, resolveDir: project.folder },
      absWorkingDir: project.folder,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
      logLevel: "error",
      write: false,
      metafile: true,
    });
    const files = Object.keys(metafile.inputs).filter((file) => file !== "<stdin>");
    const isKnown = (file: string) => places.some((place) => file.startsWith(`node_modules/spikelet/${place}`));
    expect(files.filter((file) => !isKnown(file))).toEqual([]);
    const code = outputFiles[0]?.text ?? "";
    expect(code).not.toMatch(/\beval\b|\bFunction\(|\bprocess\b|\bdocument\b|\bWorker\b/);
    const size = gzipSync(code, { level: 9 }).length;
    console.log(`${what}: ${size} bytes`);
    expect(size).toBeGreaterThan(3_000);
    expect(size).toBeLessThanOrEqual(limit);
  });

  it("has a small WebAssembly", async () => {
    const text = await readFile(join(project.folder, "node_modules/spikelet/bindings/infer/pkg/module.js"), "utf8");
    const module = inflateRawSync(Buffer.from(/"(.*)"/.exec(text)?.[1] ?? "", "base64"));
    expect(WebAssembly.validate(module)).toBe(true);
    const size = gzipSync(module, { level: 9 }).length;
    console.log(`the WebAssembly: ${module.length} bytes, ${size} gzipped`);
    expect(size).toBeLessThanOrEqual(MODULE_LIMIT);
  });

  it("runs where nothing but the language is there, and no code may be made from text", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'export * from "spikelet/infer";', resolveDir: project.folder },
      absWorkingDir: project.folder,
      bundle: true,
      format: "iife",
      globalName: "infer",
      platform: "neutral",
      logLevel: "error",
      write: false,
    });
    const layers = [{ type: "dense", units: 2 } as const];
    using network = await createNetwork({ network: { input: 4, steps: 9, layers } });
    const globals = { TextDecoder, file: await network.exportModel() };
    const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } });
    const program = `${outputFiles[0]?.text}; JSON.stringify(infer.load(file).predict({ times: [0, 1], units: [3, 2] }))`;
    const found = JSON.parse(runInContext(program, context)) as { steps: number; counts: object };
    expect(found).toMatchObject({ steps: 9, counts: { 0: expect.any(Number), 1: expect.any(Number) } });
  });

  it("runs what the command line exported", async () => {
    const program = `import { readFileSync, writeFileSync } from "node:fs";
import { createNetwork } from "spikelet";
import { load } from "spikelet/infer";
import { load as loadFast } from "spikelet/infer/wasm";
if (process.argv[2] === "make") {
  const network = await createNetwork({ network: { input: 4, steps: 9, layers: [{ type: "dense", units: 2 }] } });
  writeFileSync("net.safetensors", await network.checkpoint());
} else {
  const file = readFileSync("net.model");
  for (const model of [load(file), loadFast(file, { engine: "wasm" })]) {
    const { steps, counts } = model.predict({ times: [0], units: [1] });
    console.log(steps, counts.length);
  }
}`;
    await writeFile(join(project.folder, "infer.mjs"), program);
    await project.node(["infer.mjs", "make"]);
    const command = join(project.folder, "node_modules/spikelet/dist/cli/main.js");
    const said = await project.node([
      command,
      "export",
      "model",
      "net.safetensors",
      "--out",
      "net.model",
      "--weights",
      "float16",
    ]);
    expect(said).toMatch(/^wrote net\.model \(float16, \d+ bytes\)\nnothing was compared: the checkpoint does not name its data/);
    expect(await project.node(["infer.mjs"])).toBe("9 2\n9 2\n");
  });
});
