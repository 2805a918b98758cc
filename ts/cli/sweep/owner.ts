import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** A process, so that others can tell whether it is still there. What a platform does not tell is empty. */
export interface Owner {
  host: string;
  /** Differs after each start of the machine. */
  boot: string;
  /** Processes of other containers have numbers of their own. */
  namespace: string;
  pid: number;
  /** When it was started: numbers of processes come again. */
  started: string;
}

let own: Promise<Owner> | undefined;

/** This process. */
export function thisProcess(): Promise<Owner> {
  own ??= describeThis();
  return own;
}

/** Whether the process is known to be gone; one on another machine or in another container never is. */
export async function isDead(owner: Owner): Promise<boolean> {
  const { host, boot, namespace } = await thisProcess();
  if (owner.host !== host || owner.boot !== boot || owner.namespace !== namespace) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
  return (await startOf(owner.pid)) !== owner.started;
}

async function describeThis(): Promise<Owner> {
  const boot = readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const namespace = readlink("/proc/self/ns/pid").catch(() => "");
  return {
    host: hostname(),
    boot: (await boot).trim(),
    namespace: await namespace,
    pid: process.pid,
    started: await startOf(process.pid),
  };
}

/** Clock ticks between the start of the machine and that of the process, where Linux tells. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name of the program, in brackets, may have spaces in it; the start is the 20th field after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
