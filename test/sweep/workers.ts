import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run } from "../../ts/study/run/runs.js";
import { recordOf } from "./records.js";

/**
 * What a process of the pool that does as a test wishes has at hand: `run`, the run that it was told; `ids` of all it was told; and
 * `write(text)`, `say(answer)`, `record(run)`.
 */
const PRELUDE = (model: object, folder: string) => `
import { renameSync, writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
const write = (text) => writeSync(3, text);
const EPOCH = { epoch: 1, epochs: 2, loss: 0.5, accuracy: { firstSpike: 0.25, count: 0.5 } };
const say = (answer) => write(JSON.stringify(answer) + "\\n");
const record = ({ id, seed, config, data }) => {
  const file = ${JSON.stringify(folder)} + "/runs/" + id + ".json";
  const { result, ran, version } = ${JSON.stringify(model)};
  writeFileSync(file + ".draft", JSON.stringify({ id, status: "done", seed, config, data, version, result, ran: { ...ran, host: String(process.pid) } }));
  renameSync(file + ".draft", file);
};
const good = (run) => { record(run); say({ type: "recorded", id: run.id }); };
const onStart = (then) => createInterface({ input: process.stdin })
  .on("line", (line) => { const order = JSON.parse(line); "run" in order ? then(order.run) : say({ type: "ready" }); })
  .on("close", () => process.exit(0));
`;

/** A program for the processes of the pool: it does every run well but the one with the id `bad`, for which it does `behaviour`. */
export async function workerThat(behaviour: string, folder: string, bad: Run): Promise<string> {
  const rest = `onStart((run) => { if (run.id !== ${JSON.stringify(bad.id)}) good(run); else { ${behaviour} } });`;
  return workerOf(rest, folder, bad);
}

/** A program for the processes of the pool. */
export async function workerOf(program: string, folder: string, model: Run): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), "worker.mjs");
  await writeFile(file, PRELUDE(recordOf(model, 0.5), folder) + program);
  return file;
}
