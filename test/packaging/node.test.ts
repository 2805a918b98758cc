import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packedProject } from "../support/packed-project.js";

const LEARNS = `
const config = { network: { input: 4, steps: 30, layers: [{ type: "dense", units: 8 }, { type: "dense", units: 2 }] },
  training: { batchSize: 4, epochs: 1 } };
const spikes = Array.from({ length: 8 }, (_, k) => ({ times: [1, 2, 3], units: [k % 4, 1, 2] }));
async function learn({ createTrainer, datasets }) {
  const trainer = await createTrainer(config);
  const data = datasets.fromSpikes({ spikes, labels: spikes.map((_, k) => k % 2) });
  let updates = 0;
  for await (const event of trainer.run(data)) if (event.type === "step") updates += 1;
  const { kind, reason } = trainer.backend;
  trainer.dispose();
  return JSON.stringify({ updates, kind, reason });
}
`;

const BUNDLE_FOR_NODE = { bundle: true, platform: "node", format: "esm", logLevel: "error" } as const;

describe("the tarball in an empty project", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject();
    await writeFile(
      join(project.folder, "esm.mjs"),
      `import * as spikelet from "spikelet";${LEARNS}console.log(await learn(spikelet));`,
    );
    await writeFile(
      join(project.folder, "cjs.cjs"),
      `const spikelet = require("spikelet");${LEARNS}learn(spikelet).then(console.log);`,
    );
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it("holds what is needed and nothing of the sources", () => {
    expect(project.files).toEqual(
      expect.arrayContaining([
        "dist/index.js",
        "bindings/extras/pkg/spikelet-extras.wasm",
        "bindings/wasm/pkg/spikelet_bg.wasm",
        "bindings/wasm/pkg-threads/spikelet-threads_bg.wasm",
        "spikelet.schema.json",
      ]),
    );
    expect(project.files.filter((path) => /^(crates|ts|test|scripts|benches)\//.test(path))).toEqual([]);
  });

  it.each([
    ["as tsc --init has it", { lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"] }, "const trainer ="],
    ["with using", { lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"] }, "using trainer ="],
  ])(
    "has declarations that stand alone: a strict project without other types, %s",
    async (_, lib, trainer) => {
      const file = join(project.folder, "strict.mts");
      await writeFile(
        file,
        `import { createTrainer, datasets, exportWeights, presets } from "spikelet";
import { learningCurves, spikeRaster } from "spikelet/plot";
export async function run(): Promise<string> {
  ${trainer} await createTrainer(presets.toy);
  const prediction = await trainer.predict(datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }], shape: [2] }));
  const kept = new Blob([await trainer.checkpoint(), await exportWeights(trainer, { format: "npz" })]);
  return spikeRaster(prediction, { sample: 0 }) + learningCurves(await trainer.history()) + kept.size;
}
`,
      );
      const program = ts.createProgram([file], {
        ...lib,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        types: [],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
      });
      const complaints = ts.getPreEmitDiagnostics(program).map(({ file: where, messageText }) => {
        return `${where?.fileName.slice(project.folder.length)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
      expect(complaints).toEqual([]);
      const generic = program.getSourceFiles().filter(({ fileName, text }) => {
        return fileName.startsWith(join(project.folder, "node_modules")) && /Array<ArrayBuffer(Like)?>/.test(text);
      });
      expect(
        generic.map(({ fileName }) => fileName),
        "TypeScript before 5.7 has no generic typed arrays",
      ).toEqual([]);
    },
    120_000,
  );

  it.each(["esm.mjs", "cjs.cjs"])("trains natively from %s", async (file) => {
    expect(JSON.parse(await project.node([file]))).toMatchObject({ updates: 2, kind: "native" });
  });

  it("trains with WebAssembly when the environment says so", async () => {
    const found = JSON.parse(await project.node(["esm.mjs"], { SPIKELET_BACKEND: "wasm" }));
    expect(found).toEqual({ updates: 2, kind: "wasm", reason: "SPIKELET_BACKEND asks for it" });
  });

  it("has the command line", async () => {
    const text = await project.node(["node_modules/spikelet/dist/cli/main.js", "info", "--json"]);
    expect(JSON.parse(text)).toMatchObject({ backend: { kind: "native" } });
  });

  it("has no addon for MPI, and says so under a launcher instead of training everywhere alone", async () => {
    expect(project.files.filter((path) => path.endsWith("mpi.node"))).toEqual([]);
    const train = project.node(["node_modules/spikelet/dist/cli/main.js", "train"], { PMI_SIZE: "2" });
    await expect(train).rejects.toThrow(/started with others \(PMI_SIZE=2\).*npm run build -- --mpi.*BACKEND_UNAVAILABLE/);
  });

  it("trains natively from a bundle that leaves it out; one that does not says what is wrong", async () => {
    const bundle = (outfile: string, external: string[]) =>
      build({ entryPoints: ["esm.mjs"], outfile, external, absWorkingDir: project.folder, ...BUNDLE_FOR_NODE });
    await bundle("bundles/without.mjs", ["spikelet"]);
    await bundle("bundles/with.mjs", []);
    expect(JSON.parse(await project.node(["bundles/without.mjs"]))).toMatchObject({ updates: 2, kind: "native" });
    await expect(project.node(["bundles/with.mjs"])).rejects.toThrow(/a bundle for Node must leave the package out/);
  });

  // The last one: it takes the addon away.
  it("falls back to WebAssembly without the addon and says so; native alone is an error that says why", async () => {
    const addons = join(project.folder, "node_modules/spikelet/bindings/node");
    for (const file of await readdir(addons)) if (file.endsWith(".node")) await rm(join(addons, file));
    const { reason } = JSON.parse(await project.node(["esm.mjs"]));
    expect(reason).toMatch(/^the Node addon can't be loaded \(Cannot find module '\.\/spikelet\.[\w-]+\.node'\): in a clone/);
    await rm(addons, { recursive: true });
    for (const file of ["esm.mjs", "cjs.cjs"]) {
      expect(JSON.parse(await project.node([file]))).toEqual({
        updates: 2,
        kind: "wasm",
        reason: expect.stringMatching(/addon can't be loaded .*bindings\/node/),
      });
    }
    await expect(project.node(["esm.mjs"], { SPIKELET_BACKEND: "native" })).rejects.toThrow(/BACKEND_UNAVAILABLE/);
  });
});
