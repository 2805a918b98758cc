import { readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A training from the command line that takes a tenth of a second or so: drawn points, a few dozen units. */
export async function shortRun({
  epochs,
  batchSize = 5,
}: {
  epochs: number;
  batchSize?: number;
}): Promise<{ config: string; folder: (name: string) => string }> {
  const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
  const dense = (units: number) => ({ type: "dense", units });
  const config = {
    network: { input: 5, steps: 60, neuron: { currentDecay: 0.9, membraneDecay: 0.95 }, layers: [dense(40), dense(3)] },
    training: { batchSize, epochs, seed: 4, threads: 2 },
    data: { dataset: "yinYang", options: { samples: 1200 } },
  };
  const file = join(dir, "short.json");
  await writeFile(file, JSON.stringify(config));
  return { config: file, folder: (name) => join(dir, name) };
}

/** What a finished run left, but for how long it took. */
export function outcomeOf(folder: string): { last: Buffer; best: Buffer; epochs: string[]; test: unknown; chosen: unknown } {
  const read = (file: string) => readFileSync(join(folder, file));
  const { test, best } = JSON.parse(read("report.json").toString());
  const rows = read("history.csv").toString().trim().split("\n");
  const epochs = rows.map((row) => row.split(",").slice(0, 11).join(","));
  return { last: read("last.safetensors"), best: read("best.safetensors"), epochs, test, chosen: best };
}
