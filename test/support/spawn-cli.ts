import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInProcess } from "./run-cli.js";

/** The built command. */
export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A new folder for a command to run in, where it finds nothing that another one wrote. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "spikelet-cli-"));
}

/** What a command line left. */
export interface CliResult {
  code: number | null;
  /** What ended a process of its own, where that was a signal. */
  signal?: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON. */
  json: () => Record<string, unknown>[];
}

/**
 * What makes {@link spawnSpikelet} run a shell command as soon as the process prints what `pattern` matches; it can't go on
 * meanwhile. `$PID` is its number.
 */
export function atOutput(pattern: string, command: string): Record<string, string> {
  return { NODE_OPTIONS: importing("at-output.mjs"), AT_OUTPUT: pattern, AT_OUTPUT_DO: command };
}

/** The value of `NODE_OPTIONS` that loads a module of `test/support` first. */
export function importing(name: string): string {
  return `--import ${new URL(name, import.meta.url).href}`;
}

/** Runs the built command in an empty folder, in this process: for tests that look at exit code, output and files. */
export async function spikelet(args: string[]): Promise<CliResult> {
  const { code, stdout, stderr } = await runInProcess(args);
  return { code, stdout, stderr, json: () => linesOf(stdout) };
}

const linesOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/**
 * Runs the built command in an empty folder, in a process of its own: for tests of signals, pipes, locks, memory and the environment.
 * `onOutput` sees the process whenever it writes to stdout.
 */
export function spawnSpikelet(args: string[], onOutput?: OnOutput, env: Record<string, string> = {}): Promise<CliResult> {
  return runProgram(MAIN, args, onOutput, env);
}

type OnOutput = (child: ChildProcess, stdout: string) => void;

/** Runs another program as {@link spawnSpikelet} runs the command. */
export function runProgram(
  script: string,
  args: string[],
  onOutput?: OnOutput,
  env: Record<string, string> = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const cwd = emptyFolder();
    const child = spawn(process.execPath, [script, ...args], { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(child, stdout);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code, signal) => {
      rmSync(cwd, { recursive: true, force: true });
      resolve({ code, signal, stdout, stderr, json: () => linesOf(stdout) });
    });
  });
}
