import { readdirSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { inProcesses } from "../../ts/study/run/pool.node.js";
import { RunQueue } from "../../ts/study/run/queue.node.js";
import { type Outcome, type Run, runsOf } from "../../ts/study/run/runs.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { CONFIG, HASHES, planOf } from "./records.js";
import { workerOf, workerThat } from "./workers.js";

const settings = { "optimizer.learningRate": [0.1, 0.2, 0.3, 0.4, 0.5] };

let folder: StudyFolder;
let runs: Run[];

/** The second one, of five. */
let bad: Run;

beforeEach(async () => {
  folder = new StudyFolder(await mkdtemp(join(tmpdir(), "spikelet-")));
  const plan = planOf({ settings });
  await folder.begin({ name: "pool", plan, json: { config: CONFIG, settings } }, HASHES);
  ({ runs } = await runsOf(plan, HASHES, () => undefined));
  bad = runs[1] as Run;
});

async function outcomes(
  script: string,
  processes: number,
  signal = new AbortController().signal,
  onEpoch?: (run: Run, epoch: object) => void,
): Promise<Outcome[]> {
  const all: Outcome[] = [];
  const queue = new RunQueue(runs, folder);
  for await (const outcome of inProcesses(queue, { count: processes, script, options: {}, onEpoch }, signal)) all.push(outcome);
  return all;
}

const lost = (all: readonly Outcome[]) => all.flatMap((outcome) => ("lost" in outcome ? [[outcome.run.id, outcome.lost]] : []));
const files = () => readdirSync(join(folder.dir, "runs"));
const records = (some: readonly Run[]) => some.map(({ id }) => `${id}.json`).sort();

/** Twice the bound of a line, without an end. */
const ENDLESS = `write("x".repeat(131072)); setInterval(() => {}, 1000);`;

describe.each([1, 3])("a pool of %i processes", (processes) => {
  it.each<[string, string, RegExp]>([
    ["says what is no JSON", `write("garbage\\n");`, /no answer: "garbage"/],
    ["says bytes", `write(Buffer.from([0, 255, 254, 10, 0, 10]));`, /no answer/],
    ["says JSON that is no answer", `say({ type: "recorded" });`, /no answer/],
    ["says null", `write("null\\n");`, /no answer: "null"/],
    ["talks without an end", ENDLESS, /no answer: "xxx/],
    ["ends after half a message", `write('{"type":"recor'); process.exit(0);`, /ended with code 0/],
    ["ends early, and well", `process.exit(0);`, /ended with code 0/],
    ["ends with an error", `process.exit(7);`, /ended with code 7/],
    ["is killed", `process.kill(process.pid, "SIGKILL");`, /ended by SIGKILL/],
    ["is told to end", `process.kill(process.pid, "SIGTERM");`, /ended by SIGTERM/],
    ["answers for another run", `say({ type: "recorded", id: "f".repeat(32) });`, /nobody asked/],
    ["says that it is ready, again", `say({ type: "ready" }); say({ type: "ready" });`, /nobody asked/],
    ["tells of an epoch of another run", `say({ type: "epoch", id: "f".repeat(32), epoch: EPOCH });`, /nobody asked/],
    ["tells of an epoch without numbers", `say({ type: "epoch", id: run.id, epoch: {} });`, /no answer/],
    ["claims a record that is not there", `say({ type: "recorded", id: run.id });`, /left no record/],
  ])("goes on with another when one %s: its run is missing, not failed", async (_, behaviour, reason) => {
    const all = await outcomes(await workerThat(behaviour, folder.dir, bad), processes);
    expect(lost(all)).toEqual([[bad.id, expect.stringMatching(reason)]]);
    expect(all).toHaveLength(runs.length);
    expect(files().sort()).toEqual(records(runs.filter((run) => run !== bad)));
  });

  it.each<[string, string]>([
    ["dies with the record in its place", `record(run); process.kill(process.pid, "SIGKILL");`],
    ["says garbage behind its answer", `good(run); write("garbage\\n");`],
    ["answers twice", `good(run); say({ type: "recorded", id: run.id });`],
    [
      "answers in pieces",
      `record(run); for (const letter of JSON.stringify({ type: "recorded", id: run.id }) + "\\n") write(letter);`,
    ],
  ])("loses nothing when one %s", async (_, behaviour) => {
    const all = await outcomes(await workerThat(behaviour, folder.dir, bad), processes);
    // Garbage may come when the next run is under way: that one is done again, and no record is wrong.
    expect(lost(all).length).toBeLessThanOrEqual(behaviour.includes("garbage") ? 1 : 0);
    expect(all.filter((outcome) => "record" in outcome && outcome.run === bad)).toHaveLength(1);
    expect(files().sort()).toEqual(records(all.filter((outcome) => "record" in outcome).map(({ run }) => run)));
  });

  it("passes on the epochs that a process tells of", async () => {
    const heard: unknown[] = [];
    const script = await workerThat(`say({ type: "epoch", id: run.id, epoch: EPOCH }); good(run);`, folder.dir, bad);
    const onEpoch = (run: Run, epoch: object) => heard.push([run.id, epoch]);
    expect(await outcomes(script, processes, undefined, onEpoch)).toHaveLength(runs.length);
    expect(heard).toEqual([[bad.id, { epoch: 1, epochs: 2, loss: 0.5, accuracy: { firstSpike: 0.25, count: 0.5 } }]]);
  });

  it("does not mind processes that die while they are spoken to", async () => {
    // Ready, and gone before the run arrives.
    const all = await outcomes(await workerOf(`say({ type: "ready" }); process.exit(0);`, folder.dir, bad), processes);
    expect(lost(all)).toEqual(expect.arrayContaining(runs.map(({ id }) => [id, "its process ended with code 0"])));
    expect(files()).toEqual([]);
  });

  it("ends when no process gets ready, with what they ended with", async () => {
    const never = outcomes(await workerOf("process.exit(9);", folder.dir, bad), processes);
    await expect(never).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringMatching(/gets ready: .* code 9/) });
    expect(files()).toEqual([]);
  });

  it("ends with the error of a process that can't leave records, and ends the others", async () => {
    const failure = { code: "WRITE_FAILED", path: "runs", reason: "the disk is full" };
    const behaviour = `say({ type: "failed", failure: ${JSON.stringify(failure)} });`;
    const all = outcomes(await workerThat(behaviour, folder.dir, bad), processes);
    await expect(all).rejects.toMatchObject({ ...failure, message: "runs: the disk is full" });
    expect(files().filter((name) => name.endsWith(".claim"))).toEqual([]);
  });

  it("stops at a signal in the middle of a run: no process, no claim and no half record stay", async () => {
    const controller = new AbortController();
    const [pids, half] = [join(folder.dir, "pids"), join(folder.dir, "runs", `.${bad.id}.json.0.tmp`)];
    await writeFile(pids, "");
    const behaviour = `writeFileSync(${JSON.stringify(half)}, "{"); writeFileSync(${JSON.stringify(pids)}, String(process.pid)); setInterval(() => {}, 1000);`;
    const script = await workerThat(behaviour, folder.dir, bad);
    const stopped = outcomes(script, processes, controller.signal);
    stopped.catch(() => undefined);
    const pid = await contentOf(pids);
    controller.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
    await folder.tidy();
    expect(files().filter((name) => !name.endsWith(".json") || name.startsWith("."))).toEqual([]);
    expect(files()).not.toContain(`${bad.id}.json`);
  });
});

it("a pool starts no process for a run that it is handed after the signal", async () => {
  const controller = new AbortController();
  /** Hands out the second run when the signal has ended the process that did the first. */
  class LateQueue extends RunQueue {
    override async next(signal: AbortSignal): Promise<Run | undefined> {
      const run = await super.next(signal);
      if (run !== bad) return run;
      const pid = Number((await this.recordOf(runs[0] as Run))?.ran.host);
      controller.abort(new Error("enough"));
      await expect.poll(() => isThere(pid), { interval: 5 }).toBe(false);
      return run;
    }
  }
  const script = await workerThat("good(run);", folder.dir, bad);
  const ended = inProcesses(new LateQueue(runs, folder), { count: 1, script, options: {} }, controller.signal);
  const all = async () => {
    for await (const _ of ended);
  };
  await expect(all()).rejects.toThrow("enough");
  expect(files()).toEqual([`${runs[0]?.id}.json`]);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until a file has something in it. */
async function contentOf(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, "utf8");
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
