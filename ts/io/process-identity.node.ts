import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names a process, also after it has ended and its number belongs to another. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /**
   * Within which its number is its own: this boot of the machine and the namespace of its numbers; `null` where the system does not
   * tell, and nobody can ask for the process then: the name of the host is no identity, containers and machines may share one.
   */
  space: string | null;
  /** When it started, in ticks of the system since it booted; `null` where the system does not tell. */
  start: string | null;
}

/** The record of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), space: numberSpace(), start: stateOf(process.pid)?.start ?? null };
}

/** A process as people name it. */
export function processName({ pid, host }: ProcessIdentity): string {
  return `process ${pid} on ${host}`;
}

/** Whether the process still runs: `unknown` where this machine can't tell, as for a process of another one. */
export function processState({ pid, host, space, start }: ProcessIdentity): "runs" | "ended" | "unknown" {
  if (space === null || host !== hostname() || space !== numberSpace()) return "unknown";
  const state = stateOf(pid);
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // Another user's process refuses the question, so it is there.
    if ((thrown as NodeJS.ErrnoException).code === "ESRCH") return "ended";
  }
  if (state === undefined || start === null) return "unknown";
  return state.start === start && !state.isZombie ? "runs" : "ended";
}

/** Whether a value that was read is a record. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, space, start } = value as Record<keyof ProcessIdentity, unknown>;
  const isTextOrNull = (field: unknown) => field === null || typeof field === "string";
  return (
    Number.isSafeInteger(pid) && (pid as number) > 0 && typeof host === "string" && isTextOrNull(space) && isTextOrNull(start)
  );
}

let known: string | null | undefined;

function numberSpace(): string | null {
  if (known === undefined) known = bootAndNamespace();
  return known;
}

function bootAndNamespace(): string | null {
  try {
    if (process.platform === "darwin") return execFileSync("sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" }).trim();
    // Where /proc is that of another namespace, it tells of other processes.
    if (readlinkSync("/proc/self") !== String(process.pid)) return null;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

function stateOf(pid: number): { start: string; isZombie: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The name, in brackets, may hold spaces and brackets of its own.
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const start = fields[18];
  return start === undefined ? undefined : { start, isZombie: state === "Z" || state === "X" };
}
