import { randomBytes } from "node:crypto";
import { constants, readFileSync, rmSync } from "node:fs";
import { open, readdir, rename, rm, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SpikeletError } from "../../errors.js";
import { createWhole, unwritable } from "../../io/files.node.js";
import { isProcessRecord, lifeOf, type ProcessRecord, processName, thisProcess } from "./process-record.node.js";

/** How often an owner shows that it lives; milliseconds. */
const SIGN_OF_LIFE = 5000;

/** Name of a lock unless another is given. */
export const LOCK = ".lock";

/** How a lock is taken. */
export interface LockOptions {
  /** Name of the lock in its folder, {@link LOCK} unless given: several may lie side by side. */
  name?: string;
  /** Ends the wait for a sign of life; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds without a sign of life after which an owner that can't be asked, as on another machine, counts as ended. */
  silence?: number;
  /** Milliseconds between two looks for a sign of life. */
  pause?: number;
  /** Hears of the owner that a sign of life is waited for. */
  onWait?: (owner: string) => void;
}

/** Who holds a lock, as its file says. */
interface Holder {
  /** One of its own for each time that a lock is taken. */
  token: string;
  /** `undefined` where the file can't be understood. */
  owner: ProcessRecord | undefined;
}

/**
 * The right to write into a folder, which one process has at a time. It is a file with the owner's number, host and start, so that a lock
 * whose owner was killed is recognised, also when another process has its number by now.
 *
 * A lock is taken over by creating a file that is named after the token of the one that ended: of several that try, one succeeds. It then
 * replaces the lock, unless that has changed since, which means that another was faster.
 */
export class FolderLock implements Disposable {
  readonly #file: string;
  readonly #holder: Holder;
  readonly #signs: NodeJS.Timeout;
  readonly #releaseAtExit = () => this.release();

  private constructor(file: string, holder: Holder) {
    this.#file = file;
    this.#holder = holder;
    this.#signs = setInterval(() => void this.#showLife(), SIGN_OF_LIFE);
    this.#signs.unref();
    process.once("exit", this.#releaseAtExit);
  }

  /**
   * Takes the lock of a folder that is there.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` with who holds it; `WRITE_FAILED` where nothing can be written.
   */
  static async take(dir: string, options: LockOptions = {}): Promise<FolderLock> {
    const file = join(dir, options.name ?? LOCK);
    const holder = { token: randomBytes(16).toString("hex"), owner: thisProcess() };
    let lock: FolderLock | undefined;
    try {
      await new Claim(file, holder, options).settle();
      lock = new FolderLock(file, holder);
      await removeClaims(file, holder);
      return lock;
    } catch (thrown) {
      lock?.[Symbol.dispose]();
      if (!(thrown instanceof Error && "code" in thrown) || thrown instanceof SpikeletError) throw thrown;
      throw unwritable(dir, thrown);
    }
  }

  /**
   * Makes sure that the lock is still held: a process that was stopped for long may have been taken for ended.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE`.
   */
  check(): void {
    if (this.#isHeld()) return;
    throw new SpikeletError("FOLDER_IN_USE", dirname(this.#file), "was taken over by another process, or its lock was removed");
  }

  /** Lets others take it; doing it twice does nothing. */
  release(): void {
    clearInterval(this.#signs);
    process.off("exit", this.#releaseAtExit);
    if (this.#isHeld()) rmSync(this.#file, { force: true });
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #isHeld(): boolean {
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")).token === this.#holder.token;
    } catch {
      return false;
    }
  }

  async #showLife(): Promise<void> {
    const now = new Date();
    if (this.#isHeld()) await utimes(this.#file, now, now).catch(() => undefined);
  }
}

/** One attempt to become the holder of a lock. */
class Claim {
  readonly #file: string;
  readonly #holder: Holder;
  readonly #content: string;
  readonly #options: LockOptions;

  constructor(file: string, holder: Holder, options: LockOptions) {
    this.#file = file;
    this.#holder = holder;
    this.#content = `${JSON.stringify({ token: holder.token, ...holder.owner })}\n`;
    this.#options = options;
  }

  async settle(): Promise<void> {
    while (!(await this.#place(this.#file))) {
      this.#options.signal?.throwIfAborted();
      const first = await holderIn(this.#file);
      if (first !== undefined && (await this.#takeOver(first))) return;
    }
  }

  /** Whether this claim follows `first`; `false` where another was faster. */
  async #takeOver(first: Holder): Promise<boolean> {
    let [place, holder] = [this.#file, first];
    while (true) {
      if (await this.#isAlive(place, holder)) throw inUse(this.#file, holder);
      const next = claimOn(this.#file, holder);
      if (await this.#place(next)) {
        place = next;
        break;
      }
      // One that was about to take it over may have ended half-way.
      const other = await holderIn(next);
      if (other === undefined) return false;
      [place, holder] = [next, other];
    }
    if ((await holderIn(this.#file))?.token === first.token) {
      await rename(place, this.#file);
      return true;
    }
    await rm(place, { force: true });
    return false;
  }

  /** Puts the claim under a name that must be free. */
  async #place(name: string): Promise<boolean> {
    // The answer of a network file system may be lost, and the second attempt then finds the first.
    return (await createWhole(name, this.#content)) || (await holderIn(name))?.token === this.#holder.token;
  }

  async #isAlive(place: string, { token, owner }: Holder): Promise<boolean> {
    const life = owner === undefined ? "unknown" : lifeOf(owner);
    if (life !== "unknown") return life === "runs";
    const { silence = 60_000, pause = 500, signal, onWait } = this.#options;
    onWait?.(nameOf(owner));
    const end = performance.now() + silence;
    const before = await lastSign(place);
    while (performance.now() < end) {
      await delay(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
      if ((await holderIn(place))?.token !== token) return false;
      if ((await lastSign(place)) !== before) return true;
    }
    return false;
  }
}

/** Where a claim to a lock lies whose holder ended. */
function claimOn(file: string, { token }: Holder): string {
  return `${file}.${token}`;
}

/** Takes away claims that came to nothing: the lock that they are on is not this one. */
async function removeClaims(file: string, holder: Holder): Promise<void> {
  const [dir, claims, own] = [dirname(file), `${basename(file)}.`, basename(claimOn(file, holder))];
  const names = (await readdir(dir)).filter((name) => name.startsWith(claims) && name !== own);
  await Promise.all(names.map((name) => rm(join(dir, name), { force: true })));
}

/** `undefined` where there is no such file. */
async function holderIn(file: string): Promise<Holder | undefined> {
  const read = await readWithState(file);
  if (read === undefined) return undefined;
  const { text, inode } = read;
  try {
    const value = JSON.parse(text) as unknown;
    if (isProcessRecord(value) && "token" in value && /^[0-9a-f]{32}$/.test(String(value.token))) {
      const { token, pid, host, space, start } = value as ProcessRecord & { token: string };
      return { token, owner: { pid, host, space, start } };
    }
  } catch {
    // Told apart below from one that can be understood.
  }
  return { token: `unreadable-${inode}`, owner: undefined };
}

async function lastSign(file: string): Promise<bigint | undefined> {
  return (await readWithState(file))?.changed;
}

/** Opened anew each time, since a network file system then asks its server. */
async function readWithState(file: string): Promise<{ text: string; inode: bigint; changed: bigint } | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const { ino, mtimeNs } = await handle.stat({ bigint: true });
      return { text: await handle.readFile("utf8"), inode: ino, changed: mtimeNs };
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

function nameOf(owner: ProcessRecord | undefined): string {
  return owner === undefined ? "a process that its lock does not name" : processName(owner);
}

function inUse(file: string, { owner }: Holder): SpikeletError {
  const what = `is in use by ${nameOf(owner)}: wait for it, stop it, or give another folder`;
  return new SpikeletError("FOLDER_IN_USE", dirname(file), what);
}
