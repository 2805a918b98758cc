import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBackend } from "spikelet/backend";
import { beforeAll, describe, expect, it } from "vitest";
import { missingForMpi } from "../../scripts/mpi-tools.mjs";
import { Hold } from "../support/hold.js";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { MAIN, spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { mpirun, mpirunOf } from "./mpirun.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The first build compiles the core again, and a busy machine takes its time. */
const BUILD = 600_000;
const EPOCHS = 6;
/** Ranks wait for each other at every update, on a busy machine for as long as others compute. */
const BATCH_SIZE = 20;
const TOLD = /told to stop, .*last\.safetensors holds the last good state; --resume/;

const ADDON = "spikelet-mpi.node";

/** The main file of a copy of this package, of whose JavaScript or addon `change` makes another one. */
async function otherBuild(file: string, change: (content: Buffer) => Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-build-"));
  await cp(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  for (const name of ["package.json", "node_modules", "presets"]) await symlink(join(ROOT, name), join(folder, name));
  await mkdir(join(folder, "bindings"));
  await cp(join(ROOT, "bindings/node"), join(folder, "bindings/node"), { recursive: true });
  await writeFile(join(folder, file), change(await readFile(join(folder, file))));
  return join(folder, "dist", "cli", "main.js");
}

/** An addon that says it was compiled from other sources. */
function ofOtherSources(addon: Buffer): Buffer {
  const { mpiSources } = createRequire(import.meta.url)(join(ROOT, "bindings/node", ADDON)) as { mpiSources: () => string };
  const [sources, changed] = [mpiSources(), Buffer.from(addon)];
  const place = changed.indexOf(sources);
  expect([sources.length, place > 0]).toEqual([64, true]);
  changed.write([...sources].reverse().join(""), place);
  return changed;
}

const missing = missingForMpi();

describe.skipIf(missing !== undefined)(`training under mpirun${missing === undefined ? "" : `; skipped: ${missing}`}`, () => {
  let run: Awaited<ReturnType<typeof shortRun>>;
  let whole: ReturnType<typeof outcomeOf>;

  beforeAll(async () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", "--mpi"], { cwd: ROOT, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    run = await shortRun({ epochs: EPOCHS, batchSize: BATCH_SIZE });
    expect(await spikelet(["train", "--config", run.config, "--out", run.folder("alone")])).toMatchObject({ code: 0 });
    whole = outcomeOf(run.folder("alone"));
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

  it("gives the bits of one process from shards, of which each rank reads its part of every batch", async () => {
    const shards = run.folder("shards");
    expect(await spikelet(["data", "pack", "yinYang", "--set", "options.samples=1200", "--out", shards])).toMatchObject({
      code: 0,
    });
    const args = ["train", "--config", run.config, "--data", shards, "--out"];
    const [alone, out] = [run.folder("shards-alone"), run.folder("shards-ranks")];
    expect(await spikelet([...args, alone])).toMatchObject({ code: 0 });
    const { code, stderr } = await mpirun(3, [...args, out]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(outcomeOf(alone));
    const { epochs, test } = outcomeOf(out);
    expect({ epochs, test }).toEqual({ epochs: whole.epochs, test: whole.test });
  });

  it.each([0, 1])("ends when rank %i is killed, says so, and goes on with another number of ranks", async (victim) => {
    const out = run.folder(`killed-${victim}`);
    const args = ["train", "--config", run.config, "--out", out, "--checkpoint-every", "50", "--json"];
    const hold = new Hold('"epochEnd"', 3);
    const ended = mpirun(2, args, undefined, hold.env);
    await hold.reached();
    process.kill(hold.pid(victim), "SIGKILL");
    const { code, stderr } = await ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`process rank ${victim} .*exited on signal 9`));
    expect(existsSync(join(out, "report.json"))).toBe(false);

    const resumed = await mpirun(3 - victim, ["train", "--resume", "--out", out]);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/continuing after \d+ epochs/) });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("goes on to more epochs on every rank, after the last one, with the bits of one process", async () => {
    const more = ["--resume", "--set", `training.epochs=${EPOCHS + 2}`];
    const [alone, out] = [run.folder("more-alone"), run.folder("more-ranks")];
    const args = ["train", "--config", run.config, "--out"];
    expect(await spikelet([...args, alone])).toMatchObject({ code: 0 });
    expect(await spikelet(["train", ...more, "--out", alone])).toMatchObject({ code: 0 });
    expect(await mpirun(2, [...args, out])).toMatchObject({ code: 0 });
    const { code, stderr } = await mpirun(3, ["train", ...more, "--out", out]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(outcomeOf(alone));
    expect(outcomeOf(out)).not.toEqual(whole);
  });

  it("stops at Ctrl-C at mpirun, which gives no time to a rank that is busy, and one process alone goes on", async () => {
    const out = run.folder("interrupted");
    const hold = new Hold('"epochEnd"', 2);
    let stop = () => {};
    const ended = mpirun(
      2,
      ["train", "--config", run.config, "--out", out, "--json"],
      (child) => {
        stop = () => child.kill("SIGINT");
      },
      hold.env,
    );
    await hold.reached();
    stop();
    expect((await ended).code).not.toBe(0);
    expect(existsSync(join(out, "report.json"))).toBe(false);
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  // mpirun passes on what a rank writes while it ends them only if it comes in time: it is asked of a rank 0 that is stopped alone.
  it("stops at a signal to rank 0 with a checkpoint and a word, and one process alone goes on", async () => {
    const out = run.folder("told");
    const hold = new Hold('"epochEnd"', 2);
    const ended = mpirun(2, ["train", "--config", run.config, "--out", out, "--json"], undefined, hold.env);
    await hold.reached();
    process.kill(hold.pid(), "SIGTERM");
    hold.release();
    const { code, stderr } = await ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(TOLD);
    expect(existsSync(join(out, "report.json"))).toBe(false);
    expect(await spikelet(["train", "--resume", "--out", out])).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("tells once of what is wrong everywhere, with the exit code of one process", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("wrong"), "--set", "training.batchSize=0"];
    const { code, stderr } = await mpirun(3, args);
    expect(code).toBe(2);
    expect(stderr.match(/error training\.batchSize: .*CONFIG_INVALID/g)).toHaveLength(1);
  });

  it("refuses to learn from other samples on another rank", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("others")];
    const { code, stderr } = await mpirunOf([
      [1, args],
      [1, [...args, "--dataset", "digits"]],
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error data: rank 1 has other samples than rank 0 .*CHECKSUM_MISMATCH/);
  });

  it("tells which rank failed where only one did", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("alone-wrong")];
    const wrong = [...args, "--dataset", "mnist", "--data", "/nowhere"];
    const { code, stderr } = await mpirunOf([
      [1, args],
      [1, wrong],
    ]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/error rank 1 of 2: .*nowhere/);
  });

  it("refuses another configuration on another rank, and names the option", async () => {
    const args = ["train", "--config", run.config, "--out", run.folder("other-words")];
    const { code, stderr } = await mpirunOf([
      [1, args],
      [2, [...args, "--set", "training.batchSize=7"]],
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error rank [12] of 3: --set: must be the same on every rank: is "training.batchSize=7", and "" on rank 0/,
    );
    expect(existsSync(join(run.folder("other-words"), "report.json"))).toBe(false);
  });

  it.each([
    ["of its JavaScript", "dist/session/run.js", (text: Buffer) => Buffer.concat([text, Buffer.from("// changed")])],
    ["of its addon", `bindings/node/${ADDON}`, ofOtherSources],
  ])("refuses another build %s on another rank, of the same version", async (_, file, change) => {
    const other = await otherBuild(file, change);
    const args = ["train", "--config", run.config, "--out", run.folder("other-build")];
    for (const programs of [
      [undefined, other],
      [other, undefined],
    ]) {
      const { code, stderr } = await mpirunOf(programs.map((main) => [1, args, main ?? MAIN]));
      expect(code).toBe(1);
      expect(stderr).toMatch(/error rank 1 of 2: build: is another one than on rank 0: .*BACKEND_UNAVAILABLE/);
    }
    expect(existsSync(join(run.folder("other-build"), "report.json"))).toBe(false);
  });

  it("refuses an addon of another version", async () => {
    const main = await otherBuild("dist/version.js", () => Buffer.from('export const version = "0.0.9";\n'));
    const { code, stderr } = await mpirunOf([[2, ["train", "--config", run.config, "--out", run.folder("other-version")], main]]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error mpi: .*the compiled core is of version \d+\.\d+\.\d+, this package of 0\.0\.9/);
  });

  it("learns the same bits where ranks compute at other SIMD levels and with other numbers of threads", async () => {
    const narrowest = (await loadBackend("native")).simdLevels.at(-1) ?? "";
    const out = run.folder("levels");
    const args = ["train", "--config", run.config, "--out", out];
    const { code, stderr } = await mpirunOf([
      [1, args],
      [1, [...args, "--simd", narrowest, "--threads", "1"]],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(outcomeOf(out)).toEqual(whole);
  });

  it("ends when a rank dies before it has joined the others", async () => {
    const dying = join(run.folder("."), "dies.mjs");
    await writeFile(dying, "process.exit(3);");
    const args = ["train", "--config", run.config, "--out", run.folder("dead")];
    const { code, stderr } = await mpirunOf([
      [1, args],
      [1, [], dying],
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/Exit code: +3/);
  });

  it("knows no WebAssembly", async () => {
    const { code, stderr } = await mpirun(2, ["train", "--config", run.config, "--backend", "wasm"]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/error --backend wasm cannot share batches between processes/),
    });
  });
});

describe("a process that was started with others", () => {
  it("trains alone when it is told to", async () => {
    const { config, folder } = await shortRun({ epochs: 1 });
    const environment = { OMPI_COMM_WORLD_SIZE: "2", SPIKELET_MPI: "0" };
    const { code, stderr } = await spawnSpikelet(["train", "--config", config, "--out", folder("x")], undefined, environment);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("ranks") });
  });

  it("refuses a variable that says neither yes nor no", async () => {
    const { code, stderr } = await spawnSpikelet(["train"], undefined, { SPIKELET_MPI: "yes" });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('SPIKELET_MPI: must be 0 or 1, got "yes"'),
    });
  });
});
