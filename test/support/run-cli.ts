import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a command writes. */
interface Written {
  stdout: string;
  stderr: string;
}

type Run = (argv: readonly string[]) => Promise<number>;

const EVENTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const written = new AsyncLocalStorage<Written>();
/** Commands that run at the moment. */
let running = 0;
let back = process.cwd();
let folder = "";

for (const name of ["stdout", "stderr"] as const) {
  const stream = process[name];
  const write = stream.write.bind(stream) as (...words: unknown[]) => boolean;
  stream.write = ((chunk: string | Uint8Array, ...more: unknown[]) => {
    const own = written.getStore();
    if (own === undefined) return write(chunk, ...more);
    own[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const done = more.find((one) => typeof one === "function") as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as typeof stream.write;
}

/** The command line as it was built, loaded by Node itself. */
async function built(): Promise<Run> {
  const { runCli } = (await import(new URL("../../dist/cli/app.js", import.meta.url).href)) as { runCli: Run };
  return runCli;
}

/** Runs the built command in this process and in an empty folder; commands that run at once share the folder. */
export async function runInProcess(args: readonly string[]): Promise<Written & { code: number }> {
  const runCli = await built();
  const listeners = EVENTS.map((name) => process.listeners(name));
  if (running === 0) {
    back = process.cwd();
    folder = mkdtempSync(join(tmpdir(), "spikelet-cli-"));
    process.chdir(folder);
  }
  running += 1;
  const own: Written = { stdout: "", stderr: "" };
  try {
    const code = await written.run(own, () => runCli(args));
    return { ...own, code };
  } finally {
    running -= 1;
    if (running === 0) {
      process.chdir(back);
      rmSync(folder, { recursive: true, force: true });
      for (const [k, name] of EVENTS.entries()) {
        for (const listener of process.listeners(name)) if (!listeners[k]?.includes(listener)) process.off(name, listener);
      }
    }
  }
}
