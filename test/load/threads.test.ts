import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBackend } from "spikelet/backend";
import { describe, expect, it, onTestFinished } from "vitest";
import { inChild } from "../support/child-memory.js";

/** Trains for ever, and says when it has begun. */
const WORKER = `
  import { parentPort } from "node:worker_threads";
  const { createTrainer, datasets } = await import(LIBRARY);
  const spikes = Array.from({ length: 64 }, (_, k) => ({ times: [1, 2, 3], units: [k % 4, 1, 2] }));
  const data = datasets.fromSpikes({ spikes, labels: spikes.map((_, k) => k % 2) });
  const network = { input: 4, steps: 300, layers: [{ type: "dense", units: 200 }, { type: "dense", units: 2 }] };
  await Promise.all([1, 2, 3, 4, 5, 6].map(async (seed) => {
    const trainer = await createTrainer({ network, training: { threads: seed % 2 + 1, seed, epochs: 1_000_000 } }, { backend: "native" });
    for await (const event of trainer.run(data)) parentPort.postMessage(event.type);
  }));`;

/** Sets the floating-point mode as libraries do that are compiled for speed alone: denormal numbers become 0. */
const FLUSHING = `
  #include <xmmintrin.h>
  __attribute__((constructor)) static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }`;

describe("the threads of the addon", () => {
  it("leave those of libuv to files", async () => {
    const core = await loadBackend("native");
    const layers = [500, 500, 10].map((units) => ({ type: "dense", units }));
    const config = JSON.stringify({ network: { input: 10, steps: 1000, layers }, training: { threads: 1 } });
    const inputs = { offsets: Uint32Array.of(0, 1, 2, 3, 4), times: new Uint16Array(4), units: new Uint32Array(4) };
    const arrays = { ...inputs, labels: new Uint32Array(4) };
    const sessions = await Promise.all(Array.from({ length: 6 }, () => core.createSession(config)));
    const ids = await Promise.all(sessions.map((session) => session.addDataset('{"inputs":"events"}', arrays)));
    const settled: string[] = [];
    // Most of their work are products of all weights at every step.
    const work = sessions.map((session, k) => session.gradients(ids[k] ?? 0, 0, 4, false).then(() => settled.push("gradients")));
    const file = stat(process.execPath).then(() => settled.push("file"));
    await Promise.all([file, ...work]);
    for (const session of sessions) session.dispose();
    expect(settled[0]).toBe("file");
  });

  it("survive the end of environments in the middle of their work", async () => {
    const outcome = await inChild(
      `const { Worker } = await import("node:worker_threads");
       const source = ${JSON.stringify(WORKER)}.replace("LIBRARY", JSON.stringify(library));
       const url = new URL("data:text/javascript," + encodeURIComponent(source));
       for (let round = 0; round < 5; round++) {
         const workers = [0, 1].map(() => new Worker(url));
         await Promise.all(workers.map((worker) => new Promise((resolve, reject) => {
           worker.on("message", resolve);
           worker.on("error", reject);
         })));
         await Promise.all(workers.map((worker) => worker.terminate()));
       }
       const data = datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }] });
       const network = await createNetwork({ network: { input: 1, layers: [{ type: "dense", units: 2 }] } });
       report((await network.predict(data)).byCount.length);`,
    );
    expect(outcome).toMatchObject({ code: 0, stderr: "", report: 1 });
  });

  it("do not keep a process alive, not even at work", async () => {
    const outcome = await inChild(
      `const network = await createNetwork({ network: { input: 1, steps: 60_000, layers: [{ type: "dense", units: 1000 }] } });
       const spikes = Array.from({ length: 1000 }, () => ({ times: [0], units: [0] }));
       network.predict(datasets.fromSpikes({ spikes })).then(() => report("late"));
       setImmediate(() => process.exit(7));
       await new Promise(() => {});`,
    );
    expect(outcome).toMatchObject({ code: 7, stderr: "", report: null });
  });

  it.skipIf(process.arch !== "x64" || process.platform !== "linux" || !hasCompiler())(
    "keep their floating-point mode where another library changes that of the program (needs cc, on Linux)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "spikelet-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const [source, library] = [join(folder, "flush.c"), join(folder, "flush.so")];
      writeFileSync(source, FLUSHING);
      execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source]);
      const program = (change: string) => `
        const isDenormalKept = () => Number(process.argv.length) * Number.MIN_VALUE > 0;
        const atFirst = isDenormalKept();
        ${change}
        const output = { type: "dense", units: 2, neuron: { type: "leaky" } };
        const network = await createTrainer({ network: { input: 1, steps: 60, layers: [output] }, loss: { type: "membrane" } });
        const [start] = await network.parameters();
        await network.setParameters(0, { weights: start.weights.fill(2e-38), biases: start.biases.fill(0) });
        const data = datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }], labels: [0] });
        const bits = async () => Array.from(new Uint32Array((await network.predict(data)).membranes.buffer));
        report({ modes: [atFirst, isDenormalKept()], membranes: await bits() });`;
      const load = `try { process.dlopen({ exports: {} }, ${JSON.stringify(library)}); } catch {}`;
      const [alone, beside] = [(await inChild(program(""))).report, (await inChild(program(load))).report] as Outcome[];
      expect(alone?.modes).toEqual([true, true]);
      expect(beside?.modes, "the library changes the mode").toEqual([true, false]);
      expect(alone?.membranes.some((bits) => bits > 0)).toBe(true);
      expect(beside?.membranes).toEqual(alone?.membranes);
    },
  );
});

describe("samples that are prepared while their memory goes", () => {
  it.each([
    ["handed over", "structuredClone(array.buffer, { transfer: [array.buffer] })"],
    ["shrunk", "array.buffer.resize(0)"],
  ])("are what they were: %s", async (_, take) => {
    const outcome = await inChild(
      `const { loadBackend } = await import(new URL("backend.js", library));
       const core = await loadBackend("native");
       const session = await core.createSession('{"network":{"input":4,"layers":[{"type":"dense","units":2}]}}');
       const made = (Kind, length) => new Kind(new ArrayBuffer(length * Kind.BYTES_PER_ELEMENT, { maxByteLength: 2 ** 26 }), 0, length);
       const none = { offsets: Uint32Array.of(0), times: new Uint16Array(), units: new Uint32Array() };
       const id = await session.addDataset('{"inputs":"events","samples":4}', none);
       for (let round = 0; round < 20; round++) {
         const [times, units] = [made(Uint16Array, 2 ** 20), made(Uint32Array, 2 ** 20)];
         const prepared = session.prepare(id, { offsets: Uint32Array.of(0, 2 ** 20), times, units });
         for (const array of [times, units]) ${take};
         await session.supply(id, Uint32Array.of(1), await prepared);
       }
       report((await session.predict(id, 1, 1, false)).byCount.length);`,
    );
    expect(outcome).toMatchObject({ code: 0, stderr: "", report: 1 });
  });
});

interface Outcome {
  modes: boolean[];
  membranes: number[];
}

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
