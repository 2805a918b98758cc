import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command. */
export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What a command line left. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON. */
  json: () => Record<string, unknown>[];
}

/**
 * What makes {@link spikelet} run a shell command as soon as the process prints what `pattern` matches; it can't go on
 * meanwhile. `$PID` is its number.
 */
export function atOutput(pattern: string, command: string): Record<string, string> {
  return { NODE_OPTIONS: importing("at-output.mjs"), AT_OUTPUT: pattern, AT_OUTPUT_DO: command };
}

/** The value of `NODE_OPTIONS` that loads a module of `test/support` first. */
export function importing(name: string): string {
  return `--import ${new URL(name, import.meta.url).href}`;
}

/** Runs the built command; `onOutput` sees the process whenever it writes to stdout. */
export function spikelet(
  args: string[],
  onOutput?: (child: ChildProcess, stdout: string) => void,
  env: Record<string, string> = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, NO_COLOR: "1", ...env } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(child, stdout);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => {
      const json = () =>
        stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ code, stdout, stderr, json });
    });
  });
}
