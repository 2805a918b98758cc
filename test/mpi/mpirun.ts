import { type ChildProcess, spawn } from "node:child_process";
import type { CliResult } from "../support/spawn-cli.js";
import { MAIN } from "../support/spawn-cli.js";

/** More ranks than cores, and any user; ranks that wait leave their core to the other tests. */
const LENIENT = {
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  OMPI_MCA_mpi_yield_when_idle: "1",
  OMPI_MCA_hwloc_base_binding_policy: "none",
};

/** Runs the built command on `ranks` ranks; `onOutput` sees mpirun whenever something is written to stdout. */
export function mpirun(
  ranks: number,
  args: string[],
  onOutput?: (mpirun: ChildProcess, stdout: string) => void,
  env: Record<string, string> = {},
): Promise<Omit<CliResult, "json">> {
  return new Promise((resolve) => {
    const child = spawn("mpirun", ["-n", String(ranks), process.execPath, MAIN, ...args], {
      env: { ...process.env, ...LENIENT, NO_COLOR: "1", ...env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(child, stdout);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
