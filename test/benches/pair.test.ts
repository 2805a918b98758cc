import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTrainer, type LayerConfig, save } from "spikelet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spikelet-pair-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What one side wrote down. */
interface Note {
  side: string;
  event: "create" | "set" | "epoch" | "evaluate" | "dispose";
  value?: unknown;
}

/** A clone whose library writes down how it is called, and whose weights drift as it learns. */
function checkout(side: string, loss: number): string {
  const home = join(folder, side);
  mkdirSync(join(home, "dist"), { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(home, "dist/index.js"),
    `import { appendFileSync } from "node:fs";
const note = (event, value) => appendFileSync(${JSON.stringify(join(folder, "notes"))}, JSON.stringify({ side: "${side}", event, value }) + "\\n");
const metrics = { loss: ${loss}, spikes: { perUnit: [1] } };
class Network {
  #weights = Float32Array.of(2);
  async parameters() { return [{ weights: this.#weights.slice(), biases: Float32Array.of(0) }]; }
  async setParameters(layer, { weights }) { this.#weights = weights.slice(); note("set", weights[0]); }
  async evaluate(set) { note("evaluate", set.spikes.length); return metrics; }
  async *run(set) {
    for (;;) {
      note("epoch", this.#weights[0]);
      this.#weights[0] += 1;
      yield { type: "step" };
      yield { type: "epochEnd", train: metrics };
    }
  }
  dispose() { note("dispose"); }
}
export const datasets = { fromSpikes: (given) => given };
export async function createTrainer(config, options) { note("create", { config, options }); return new Network(); }
export const createNetwork = createTrainer;
`,
  );
  return home;
}

function notes(): Note[] {
  const lines = readFileSync(join(folder, "notes"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Note);
}

function pair(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "benches/pair/run.mjs"), ...words], { cwd: ROOT });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const SHORT = ["--milliseconds", "1", "--batches", "16", "--json"];

describe("npm run bench:pair", () => {
  it("lets both checkouts take turns, each by its own library, and puts the weights back", async () => {
    const sides = ["--before", checkout("old", 1), "--after", checkout("new", 1)];
    const { code, stdout, stderr } = await pair(
      ...sides,
      ...["--cases", "recurrent", "--phases", "train", "--backends", "native", "--threads", "2", "--rounds", "6", ...SHORT],
    );
    expect(stderr).toContain("recurrent train, batch 16, native, 2 threads");
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ case: "recurrent", phase: "train", batch: 16, backend: "native", threads: 2, rounds: 6 });
    expect(results[0].isSameWork).toBe(true);
    expect(results[0].speedUp.low).toBeLessThanOrEqual(results[0].speedUp.high);

    const all = notes();
    const { config, options } = (all[0]?.value ?? {}) as { config: Record<string, unknown>; options: object };
    expect(config["network"]).toMatchObject({ input: 784, steps: 300, layers: [{ units: 800, recurrent: true }, { units: 10 }] });
    expect(config["training"]).toMatchObject({ batchSize: 16, threads: 2 });
    expect(options).toMatchObject({ backend: "native" });

    // The last network of the turns: those for memory come after it, one a side.
    const epochs = all.filter(({ event }) => event === "epoch");
    const turns = epochs.slice(-16, -4).map(({ side }) => side);
    expect(turns.join(" ")).toBe("old new new old old new new old old new new old");
    expect(new Set(epochs.map(({ value }) => value))).toEqual(new Set([8]));
  });

  it("says when the two did not do the same work", async () => {
    const sides = ["--before", checkout("old", 1), "--after", checkout("new", 2)];
    const { code, stdout } = await pair(
      ...sides,
      ...["--cases", "recurrent", "--phases", "infer", "--backends", "wasm", "--rounds", "6", ...SHORT],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).results).toMatchObject([{ phase: "infer", backend: "wasm", threads: 1, isSameWork: false }]);
    expect(new Set(notes().map(({ side }) => side))).toEqual(new Set(["old", "new"]));
  });

  it("measures this clone against itself natively and in WebAssembly", async () => {
    const { code, stdout, stderr } = await pair(
      ...["--before", ROOT, "--cases", "recurrent-events", "--threads", "1", "--rounds", "6", ...SHORT],
    );
    expect(code, stderr).toBe(0);
    const { results, sides } = JSON.parse(stdout);
    expect(sides.before).toEqual(sides.after);
    expect(results.map(({ phase, backend }: Record<string, string>) => `${phase} ${backend}`)).toEqual([
      "train native",
      "train wasm",
      "infer native",
      "infer wasm",
    ]);
    for (const result of results) {
      expect(result.isSameWork).toBe(true);
      expect(result.spikesPerUnit).toHaveLength(2);
      for (const spikes of result.spikesPerUnit) expect(spikes).toBeGreaterThan(0);
      for (const ratio of [result.speedUp, result.processorSpeedUp]) expect(ratio.median).toBeGreaterThan(0);
      for (const side of ["before", "after"]) expect(result.samplesPerSecond[side]).toBeGreaterThan(0);
    }
  });

  it("measures a configuration with the weights of a checkpoint", async () => {
    const layers: LayerConfig[] = [
      { type: "dense", units: 2 },
      { type: "dense", units: 10 },
    ];
    const config = { network: { input: 784, steps: 300, layers }, training: { batchSize: 16 } };
    const [file, weights] = [join(folder, "own.json"), join(folder, "own.safetensors")];
    writeFileSync(file, JSON.stringify(config));
    const trainer = await createTrainer(config);
    const first = (await trainer.parameters())[0]?.weights[0];
    await save(weights, trainer.checkpoint());
    const sides = ["--before", checkout("old", 1), "--after", checkout("new", 1)];
    const { code, stdout, stderr } = await pair(
      ...sides,
      ...["--config", file, "--checkpoint", weights, "--phases", "infer", "--backends", "wasm", "--rounds", "6", ...SHORT],
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).results).toMatchObject([{ case: "own", batch: 16 }]);
    const set = notes().filter(({ event }) => event === "set");
    expect(set[0]?.value).toBe(first);
  });

  it.each([
    [["--before", tmpdir()], "npm run build"],
    [["--before", ROOT, "--cases", "cifar"], "cifar"],
    [["--before", ROOT, "--rounds", "5"], "--rounds"],
    [[], "--before"],
  ])("refuses %j", async (words, named) => {
    const { code, stderr } = await pair(...words, ...(words.includes("--cases") ? [] : ["--cases", "recurrent"]));
    expect(code).toBe(1);
    expect(stderr).toContain(named);
  });
});
