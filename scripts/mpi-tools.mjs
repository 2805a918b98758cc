// What has to be on the machine for training under mpirun.
import { spawnSync } from "node:child_process";

/**
 * What the addon for MPI needs to be built and run.
 *
 * @returns {string | undefined} one sentence when something is missing
 */
export function missingForMpi() {
  const has = (/** @type {string} */ command) => spawnSync(command, ["--version"]).status === 0;
  const missing = [
    ["mpicc", has("mpicc")],
    ["mpirun", has("mpirun")],
    ["libclang", hasLibclang()],
  ]
    .filter(([, isThere]) => !isThere)
    .map(([name]) => name);
  if (missing.length === 0) return undefined;
  const install = "apt-get install libopenmpi-dev openmpi-bin libclang-dev";
  return `The addon for MPI can't be built: ${missing.join(", ")} not found (Debian: ${install}).`;
}

/** Elsewhere than on Linux it is left to the build to find it. */
function hasLibclang() {
  if (process.platform !== "linux" || process.env.LIBCLANG_PATH) return true;
  const { stdout } = spawnSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  return /libclang(-\d+)?\.so/.test(stdout ?? "");
}
