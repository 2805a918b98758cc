import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcomeOf, shortRun } from "../support/short-run.js";
import { emptyFolder, MAIN, spikelet } from "../support/spawn-cli.js";

const KILLS = 50;
/** Longest life of a process, in milliseconds from its start or from its first event. */
const LIFE = 250;

/** Numbers in 0..1, the same in every run of this test; when exactly a signal arrives is up to the machine anyway. */
function* random(state: number): Generator<number, never> {
  while (true) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

interface Life {
  code: number | null;
  wasTraining: boolean;
}

/** Starts a training and kills it after `milliseconds`, counted from the event `started` or from the start of the process. */
function killed(args: string[], milliseconds: number, isFromStarted: boolean): Promise<Life> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], {
      cwd: emptyFolder(),
      stdio: ["ignore", "pipe", "ignore"],
    });
    const kill = () => setTimeout(() => child.kill("SIGKILL"), milliseconds);
    let wasTraining = false;
    if (!isFromStarted) kill();
    child.stdout?.on("data", (chunk: Buffer) => {
      if (wasTraining || !chunk.toString().includes('"started"')) return;
      wasTraining = true;
      if (isFromStarted) kill();
    });
    child.on("close", (code) => resolve({ code, wasTraining }));
  });
}

// It takes half a minute: fifty processes are started and killed.
describe("a killed training", () => {
  it(`goes on after each of ${KILLS} SIGKILLs and ends in the bits of one that was never killed`, async () => {
    const { config, folder } = await shortRun({ epochs: 60 });
    expect(await spikelet(["train", "--config", config, "--out", folder("whole")])).toMatchObject({ code: 0 });
    const whole = outcomeOf(folder("whole"));
    expect(whole.epochs).toHaveLength(61);

    const draw = random(1);
    let [kills, whileTraining, run] = [0, 0, 0];
    while (kills < KILLS) {
      const out = folder(`killed-${run++}`);
      const args = () => (existsSync(join(out, "last.safetensors")) ? ["--resume"] : ["--config", config]);
      const train = () => ["train", ...args(), "--out", out, "--checkpoint-every", "1"];
      let isDone = false;
      while (kills < KILLS && !isDone) {
        const { code, wasTraining } = await killed([...train(), "--json"], draw.next().value * LIFE, kills % 3 > 0);
        isDone = code === 0;
        expect([0, null]).toContain(code);
        if (isDone) break;
        kills += 1;
        whileTraining += Number(wasTraining);
      }
      if (!isDone) expect(await spikelet(train())).toMatchObject({ code: 0 });
      expect(outcomeOf(out)).toEqual(whole);
      const names = [
        "best.safetensors",
        "events.ndjson",
        "history.csv",
        "last.safetensors",
        "report.html",
        "report.json",
        "run.json",
      ];
      expect(readdirSync(out).sort(), "nothing unfinished is left").toEqual(names);
    }
    expect(whileTraining, "kills must hit the training").toBeGreaterThan(KILLS / 3);
  });
});
