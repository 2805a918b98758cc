import { SpikeletError } from "../errors.js";
import type { Backend } from "./backend.js";
import { loadNativeMpi } from "./native.js";
import { walled } from "./wall.js";

/** The processes that `mpirun` started, as one of them sees them. */
export interface Ranks {
  /** Number of this process, from 0. */
  readonly rank: number;
  readonly size: number;
  /** Names the sources that the compiled core of this process was made from. */
  readonly sources: string;
  /** Backend whose sessions learn every batch together with those of the other processes, which have to do so at the same time. */
  readonly backend: Backend;
  /** Hands over bytes and resolves to those of all, in order of rank; waits for the slowest. */
  exchange(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Waits until all have come here; then nothing can be exchanged any more. */
  end(): void;
  /** Ends all processes immediately, including this one. */
  abort(code: number): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by which launchers tell the number of processes: those of Open MPI, and of MPICH, Intel MPI and Slurm's PMI. */
const SIZES = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];

/**
 * Starts MPI where a launcher started this process with others; `SPIKELET_MPI=1` starts it whatever the launcher,
 * `SPIKELET_MPI=0` never.
 *
 * @throws {SpikeletError} `BACKEND_UNAVAILABLE` when the addon was not built for MPI, `CONFIG_INVALID` for another
 * `SPIKELET_MPI`.
 */
export function joinRanks(environment: Environment): Ranks | undefined {
  const setting = environment["SPIKELET_MPI"] || "auto";
  if (!["auto", "0", "1"].includes(setting)) {
    throw new SpikeletError("CONFIG_INVALID", "SPIKELET_MPI", `must be 0 or 1, got "${setting}"`);
  }
  const variable = SIZES.find((name) => environment[name] !== undefined);
  if (setting === "0" || (setting === "auto" && variable === undefined)) return undefined;
  const why = variable === undefined ? "SPIKELET_MPI=1" : `${variable}=${environment[variable]}`;
  try {
    return ranksOf(loadNativeMpi());
  } catch (cause) {
    // Alone it does the same without MPI.
    if (setting === "auto" && variable !== undefined && environment[variable] === "1") return undefined;
    throw unavailable(why, cause);
  }
}

function ranksOf(mpi: ReturnType<typeof loadNativeMpi>): Ranks {
  const { rank, size } = mpi.mpiStart();
  return {
    rank,
    size,
    sources: mpi.mpiSources(),
    backend: walled(mpi.backend(`rank ${rank} of ${size} that share every batch over MPI`)),
    exchange: mpi.mpiExchange,
    end: mpi.mpiEnd,
    abort: mpi.mpiAbort,
  };
}

function unavailable(why: string, cause: unknown): SpikeletError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  const how = "in a clone, `npm run build -- --mpi` makes it; SPIKELET_MPI=0 trains without the other processes";
  return new SpikeletError(
    "BACKEND_UNAVAILABLE",
    "mpi",
    `this process was started with others (${why}), and the addon for MPI can't be loaded (${reason}): ${how}`,
    cause,
  );
}
