import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { emptyFolder, MAIN } from "../support/spawn-cli.js";

/** A command in a process group of its own, as a terminal or a scheduler starts it. */
export class Job {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  stdout = "";
  stderr = "";

  /** @param script the built command, or another program. */
  constructor(args: readonly string[], script = MAIN) {
    this.#child = spawn(process.execPath, [script, ...args], {
      cwd: emptyFolder(),
      detached: true,
      env: { ...process.env, NO_COLOR: "1" },
    });
    this.#child.stdout?.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
    this.#ended = once(this.#child, "close");
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Exit code, or the signal that ended it. */
  async end(): Promise<number | NodeJS.Signals | null> {
    await this.#ended;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** The events that it told. */
  events(): Record<string, unknown>[] {
    // The last line of one that was killed may be half a line.
    const lines = this.stdout.slice(0, this.stdout.lastIndexOf("\n") + 1).split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** Ids of the worker processes that the job has now. */
  workers(): number[] {
    try {
      return execFileSync("pgrep", ["-P", String(this.pid)], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map(Number);
    } catch {
      // Exit code 1: there are none.
      return [];
    }
  }

  /** Waits for a state of it, or for its end. */
  async until(isSo: () => boolean): Promise<void> {
    while (!this.isOver && !isSo()) await tick();
  }
}

/** Sends a signal; who is gone can't be ended. */
export function send(signal: NodeJS.Signals, ...pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }
}

/** Waits until none of the processes is there. */
export async function gone(pids: readonly number[]): Promise<void> {
  const isThere = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (pids.some(isThere)) await tick();
}

/** Names in the folder of the records of a sweep. */
export function recordFiles(out: string, end = ".json"): string[] {
  const dir = join(out, "runs");
  return existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith(end) && !name.startsWith(".")) : [];
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 2));

/** The runs that a study told of, each of which is done. */
export function runsIn(job: Job): unknown[] {
  return job.events().flatMap(({ type, id, status }) => {
    if (type !== "run") return [];
    expect(status).toBe("done");
    return [id];
  });
}
