import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { missingForMpi } from "../../scripts/mpi-tools.mjs";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { MAIN, spikelet } from "../support/spawn-cli.js";
import { mpirun } from "./mpirun.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The first build compiles the core again, and a busy machine takes its time. */
const BUILD = 600_000;
const EPOCHS = 6;
const TOLD = /told to stop, .*last\.safetensors holds the last good state; --resume/;
/** Two trainings of a few seconds, on a machine that other tests keep busy. */
const PATIENCE = 120_000;

/** The processes that an mpirun started, by rank. */
function ranksOf(mpirun: ChildProcess): Map<number, number> {
  const pids = execFileSync("pgrep", ["-P", String(mpirun.pid)], { encoding: "utf8" })
    .trim()
    .split("\n");
  return new Map(
    pids.map((pid) => {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      return [Number(/OMPI_COMM_WORLD_RANK=(\d+)/.exec(environment)?.[1]), Number(pid)];
    }),
  );
}

const missing = missingForMpi();

describe.skipIf(missing !== undefined)(`training under mpirun${missing === undefined ? "" : `; skipped: ${missing}`}`, () => {
  let run: Awaited<ReturnType<typeof shortRun>>;
  let long: Awaited<ReturnType<typeof shortRun>>;
  let whole: ReturnType<typeof outcomeOf>;
  let wholeLong: ReturnType<typeof outcomeOf>;

  beforeAll(async () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", "--mpi"], { cwd: ROOT, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    run = await shortRun({ epochs: EPOCHS });
    long = await shortRun({ epochs: 40 });
    for (const { config, folder } of [run, long]) {
      expect(await spikelet(["train", "--config", config, "--out", folder("alone")])).toMatchObject({ code: 0 });
    }
    whole = outcomeOf(run.folder("alone"));
    wholeLong = outcomeOf(long.folder("alone"));
  }, BUILD);

  it.each([1, 2, 3])("gives the bits of one process on %i ranks, and only the first prints", async (ranks) => {
    const out = run.folder(`ranks-${ranks}`);
    const { code, stdout, stderr } = await mpirun(ranks, ["train", "--config", run.config, "--out", out, "--json"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === "epochEnd")).toHaveLength(EPOCHS);
    expect(events.find(({ type }) => type === "started")).toMatchObject({
      backend: { reason: `rank 0 of ${ranks} that share every batch over MPI` },
    });
    expect(stderr.match(/training on/g)).toHaveLength(1);
  });

  it.each([0, 1])(
    "ends when rank %i is killed, says so, and goes on with another number of ranks",
    { timeout: PATIENCE },
    async (victim) => {
      const out = long.folder(`killed-${victim}`);
      let isKilled = false;
      const args = ["train", "--config", long.config, "--out", out, "--checkpoint-every", "200", "--json"];
      const { code, stderr } = await mpirun(2, args, (child, stdout) => {
        if (isKilled || stdout.split('"epochEnd"').length < 4) return;
        isKilled = true;
        process.kill(ranksOf(child).get(victim) ?? 0, "SIGKILL");
      });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(new RegExp(`process rank ${victim} .*exited on signal 9`));
      expect(existsSync(join(out, "report.json"))).toBe(false);

      const resumed = await mpirun(3 - victim, ["train", "--resume", "--out", out]);
      expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/going on after \d+ epochs/) });
      expect(outcomeOf(out)).toEqual(wholeLong);
    },
  );

  // mpirun passes on what a rank writes while it ends them only if it comes in time: what rank 0 says is asked of a rank 0 that is stopped alone.
  it.each([
    ["Ctrl-C at mpirun", (mpirun: ChildProcess) => mpirun.kill("SIGINT"), /^/],
    ["a signal to rank 0", (mpirun: ChildProcess) => process.kill(ranksOf(mpirun).get(0) ?? 0, "SIGTERM"), TOLD],
  ])("stops at %s with a checkpoint, and one process alone goes on", { timeout: PATIENCE }, async (name, stop, told) => {
    const out = long.folder(name);
    let isStopped = false;
    const { code, stderr } = await mpirun(2, ["train", "--config", long.config, "--out", out, "--json"], (child, stdout) => {
      if (isStopped || !stdout.includes('"epochEnd"')) return;
      isStopped = true;
      stop(child);
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(told);
    expect(existsSync(join(out, "report.json"))).toBe(false);
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(wholeLong);
  });

  it("tells once of what is wrong everywhere, with the exit code of one process", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("wrong"), "--set", "training.batchSize=0"];
    const { code, stderr } = await mpirun(3, args);
    expect(code).toBe(2);
    expect(stderr.match(/error training\.batchSize: .*CONFIG_INVALID/g)).toHaveLength(1);
  });

  it("refuses to learn from other samples on another rank", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("others")];
    // mpirun takes several programs, with a colon between them.
    const { code, stderr } = await mpirun(1, [...args, ":", "-n", "1", process.execPath, MAIN, ...args, "--dataset", "digits"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error data: rank 1 has other samples than rank 0 .*CHECKSUM_MISMATCH/);
  });

  it("tells which rank failed where only one did", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("alone-wrong")];
    const wrong = [...args, "--dataset", "mnist", "--data", "/nowhere"];
    const { code, stderr } = await mpirun(1, [...args, ":", "-n", "1", process.execPath, MAIN, ...wrong]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/error rank 1 of 2: .*nowhere/);
  });

  it("knows no WebAssembly", async () => {
    const { code, stderr } = await mpirun(2, ["train", "--config", run.config, "--backend", "wasm"]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/error --backend wasm knows no other processes/),
    });
  });
});

describe("a process that was started with others", () => {
  it("trains alone when it is told to", async () => {
    const { config, folder } = await shortRun({ epochs: 1 });
    const environment = { OMPI_COMM_WORLD_SIZE: "2", SPIKELET_MPI: "0" };
    const { code, stderr } = await spikelet(["train", "--config", config, "--out", folder("x")], undefined, environment);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("ranks") });
  });

  it("refuses a variable that says neither yes nor no", async () => {
    const { code, stderr } = await spikelet(["train"], undefined, { SPIKELET_MPI: "yes" });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('SPIKELET_MPI: must be 0 or 1, got "yes"'),
    });
  });
});
