import { type ChildProcess, spawn } from "node:child_process";
import type { CliResult } from "../support/spawn-cli.js";
import { emptyFolder, MAIN } from "../support/spawn-cli.js";

/** More ranks than cores, and any user; ranks that wait leave their core to the other tests. */
const LENIENT = {
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  OMPI_MCA_mpi_yield_when_idle: "1",
  OMPI_MCA_hwloc_base_binding_policy: "none",
};

/** Ranks that run the same: their number, the words of their command and, unless it is the built one, its file. */
export type Program = readonly [ranks: number, args: readonly string[], main?: string];

/** Runs the built command on `ranks` ranks; `onStart` sees mpirun. */
export function mpirun(
  ranks: number,
  args: string[],
  onStart?: (mpirun: ChildProcess) => void,
  env: Record<string, string> = {},
): Promise<Omit<CliResult, "json">> {
  return mpirunOf([[ranks, args]], onStart, env);
}

/** Runs several programs as the ranks of one training. */
export function mpirunOf(
  programs: readonly Program[],
  onStart?: (mpirun: ChildProcess) => void,
  env: Record<string, string> = {},
): Promise<Omit<CliResult, "json">> {
  const words = programs.flatMap(([ranks, args, main = MAIN]) => [":", "-n", String(ranks), process.execPath, main, ...args]);
  return new Promise((resolve) => {
    const child = spawn("mpirun", words.slice(1), {
      cwd: emptyFolder(),
      env: { ...process.env, ...LENIENT, NO_COLOR: "1", ...env },
    });
    onStart?.(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
