import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { createTrainer, datasets, encode } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binaryOf, hasFrameworks } from "../../scripts/frameworks.mjs";
import { nodeOf } from "../../scripts/nodes.mjs";
import { LEARNS, type Learnt, learntHere } from "./learns.js";
import { ENVIRONMENT, type FrameworkProject, frameworkProject, inFrameworks } from "./project.js";
import { READS, readHere } from "./reads.js";

const MAIN = `import * as spikelet from "spikelet";
${LEARNS}
console.log(await learn(spikelet));
`;

const READING_MAIN = `import * as spikelet from "spikelet";
${READS}
console.log(await read(spikelet));
`;

const READING_JEST = `const spikelet = require("spikelet");
${READS}
test("reads", async () => {
  process.stdout.write(await read(spikelet) + "\\n");
});
`;

const JEST = `const spikelet = require("spikelet");
${LEARNS}
test("trains", async () => {
  for (const backend of ["native", "wasm"]) process.stdout.write(await learn(spikelet, { backend }) + "\\n");
  await expect(spikelet.createTrainer({ network: 3 })).rejects.toThrow(spikelet.SpikeletError);
});
`;

/** A function `predict` that encodes a sample and runs a model with both engines; `answers` are the membranes at each step. */
const predicting = (file: Uint8Array) => `import { load } from "spikelet/infer";
import { encode } from "spikelet/infer/encode";
import { load as loadFast } from "spikelet/infer/wasm";

const file = Uint8Array.from(atob("${Buffer.from(file).toString("base64")}"), (character) => character.charCodeAt(0));
const isCompiled = () => {
  try {
    return Boolean(loadFast(file, { engine: "wasm" }));
  } catch ({ code }) {
    return code;
  }
};
const predict = () => {
  const models = [load(file), loadFast(file)];
  const answers = models.map((model) => Array.from(model.predict(encode(model, ${JSON.stringify(SAMPLE)})).membranes));
  return JSON.stringify({ answers, isCompiled: isCompiled() });
};
`;
const SAMPLE = [0.2, 0.9, 0.4, 0.7];

/** A network that has learnt, with a readout, and what it answers to the sample. */
async function readout(): Promise<{ file: Uint8Array; answer: number[] }> {
  const layers = [
    { type: "dense", units: 20, recurrent: true } as const,
    { type: "dense", units: 3, neuron: { type: "leaky" } } as const,
  ];
  const values = Float32Array.of(...SAMPLE, 0.5, 0.1, 0.8, 0.3);
  const data = datasets.fromImages({ values, labels: [0, 2], shape: [4] }).encode(encode.rate({ max: 0.5 }));
  using trainer = await createTrainer({
    network: { input: 4, steps: 40, neuron: { threshold: 0.1, membraneDecay: 0.9 }, layers },
    rule: { type: "activation" },
    loss: { type: "membrane" },
    training: { seed: 1, epochs: 1 },
  });
  await trainer.run(data);
  const { membranes = [] } = await trainer.predict(SAMPLE);
  return { file: await trainer.exportModel(), answer: Array.from(membranes) };
}

const WORKER = `import * as spikelet from "spikelet";
${LEARNS}
export default {
  async fetch() {
    const refused = await spikelet.parseIdx(new Uint8Array(), { backend: "native" }).catch(({ code }) => code);
    return Response.json([await learn(spikelet), refused]);
  },
};
`;
const WORKER_CONFIG = `{ "name": "learns", "main": "worker.mjs", "compatibility_date": "2026-11-01" }`;

describe.skipIf(!hasFrameworks())("a project (needs node scripts/install-for-tests.mjs)", () => {
  let project: FrameworkProject;
  let same: Omit<Learnt, "kind" | "reason">;
  beforeAll(async () => {
    project = await frameworkProject({
      "main.mjs": MAIN,
      "reading.mjs": READING_MAIN,
      "learns.test.js": JEST,
      "reads.test.js": READING_JEST,
      "worker.mjs": WORKER,
      "wrangler.json": WORKER_CONFIG,
    });
    same = await learntHere();
    expect(same.fired).toBeGreaterThan(0);
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  const learntIn = ({ stdout }: { stdout: string }): Learnt[] =>
    stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Learnt);

  it("trains in Bun, natively", async () => {
    const bun = binaryOf("@oven/bun", "bin/bun");
    expect(learntIn(await project.run(bun, "main.mjs"))).toMatchObject([{ ...same, kind: "native" }]);
  });

  it.each([
    ["natively when it may load addons", ["--allow-read", "--allow-env", "--allow-ffi"], "native", /addon for this machine/],
    ["in WebAssembly when it may only read files", ["--allow-read"], "wasm", /needs --allow-env and --allow-ffi/],
    ["in WebAssembly when it may not read the environment", ["--allow-read", "--allow-ffi"], "wasm", /needs --allow-env$/],
  ])("trains in Deno, %s", async (_, permissions, kind, reason) => {
    const deno = binaryOf("@deno/", "deno");
    const learnt = learntIn(await project.run(deno, "run", "--no-prompt", ...permissions, "main.mjs"));
    expect(learnt).toMatchObject([{ ...same, kind, reason: expect.stringMatching(reason) }]);
  });

  it("trains in Jest without a setting, natively and in WebAssembly, and throws its own errors", async () => {
    const jest = inFrameworks("jest/bin/jest.js");
    const learnt = learntIn(await project.run(process.execPath, jest, "--rootDir", project.folder, "learns"));
    expect(learnt).toMatchObject([
      { ...same, kind: "native" },
      { ...same, kind: "wasm" },
    ]);
  });

  it.each<[name: string, run: () => Promise<{ stdout: string }>]>([
    ["Bun", () => project.run(binaryOf("@oven/bun", "bin/bun"), "reading.mjs")],
    ["Deno", () => project.run(binaryOf("@deno/", "deno"), "run", "--no-prompt", "--allow-read", "reading.mjs")],
    ["Jest", () => project.run(process.execPath, inFrameworks("jest/bin/jest.js"), "--rootDir", project.folder, "reads")],
  ])("reads images and tables in %s as in Node", async (_, run) => {
    const { stdout } = await run();
    expect(stdout.split("\n").filter((line) => line.startsWith("{"))).toEqual([await readHere()]);
  });

  it.each([
    ["Bun", () => binaryOf("@oven/bun", "bin/bun"), []],
    ["Deno, which may do nothing", () => binaryOf("@deno/", "deno"), ["run", "--no-prompt"]],
  ])("predicts with both engines in %s", async (_, program, words) => {
    const { file, answer } = await readout();
    await writeFile(join(project.folder, "predicting.mjs"), `${predicting(file)}console.log(predict());`);
    const { stdout } = await project.run(program(), ...words, "predicting.mjs");
    expect(answer.some((membrane) => membrane !== 0)).toBe(true);
    expect(JSON.parse(stdout)).toEqual({ answers: [answer, answer], isCompiled: true });
  });

  it("predicts in a Cloudflare Worker, which compiles no WebAssembly", async () => {
    const { file, answer } = await readout();
    await build({
      stdin: {
        contents: `${predicting(file)}export default { fetch: () => new Response(predict()) };`,
        resolveDir: project.folder,
      },
      bundle: true,
      format: "esm",
      outfile: join(project.folder, "edge/worker.js"),
      logLevel: "error",
    });
    const found = await answerOfWorkerd(join(project.folder, "edge"), "worker.js");
    expect(found).toEqual({ answers: [answer, answer], isCompiled: "CONFIG_INVALID" });
  });

  const wranglersNode = nodeOf("22.23.3") ?? "";
  it.skipIf(wranglersNode === "")("trains in a Cloudflare Worker that wrangler has bundled without a setting", async () => {
    await project.run(wranglersNode, inFrameworks("wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", "out");
    const [answer, refused] = (await answerOfWorkerd(join(project.folder, "out"), "worker.js")) as [string, string];
    expect(JSON.parse(answer)).toMatchObject({ ...same, kind: "wasm", reason: "WebAssembly in an edge runtime" });
    expect(refused).toBe("BACKEND_UNAVAILABLE");
  });
});

/** Runs the modules of a folder in workerd; the JSON that its main module answers with. */
async function answerOfWorkerd(folder: string, main: string): Promise<unknown> {
  const compiled = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
  const modules = [
    `(name = "${main}", esModule = embed "${main}")`,
    ...compiled.map((name) => `(name = "${name}", wasm = embed "${name}")`),
  ];
  await writeFile(
    join(folder, "workerd.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (compatibilityDate = "2026-11-01",
    modules = [${modules.join(", ")}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);`,
  );
  const options = ["serve", "workerd.capnp", "--control-fd=3"];
  const process = spawn(binaryOf("@cloudflare/workerd", "bin/workerd"), options, {
    cwd: folder,
    env: ENVIRONMENT,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  try {
    const ended = once(process, "exit").then(async () => {
      throw new Error(`workerd ended: ${await text(process.stderr as NodeJS.ReadableStream)}`);
    });
    const [line] = await Promise.race([once(process.stdio[3] as NodeJS.ReadableStream, "data"), ended]);
    const { port } = JSON.parse(String(line).split("\n")[0] ?? "") as { port: number };
    return await (await fetch(`http://127.0.0.1:${port}/`)).json();
  } finally {
    process.kill();
  }
}
