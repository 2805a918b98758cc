import { randomBytes } from "node:crypto";
import { constants, existsSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SpikeletError } from "../errors.js";
import { create, temporaryBeside, unwritable } from "./files.node.js";
import { openPlain } from "./plain-file.node.js";
import { isProcessIdentity, type ProcessIdentity, processName, processState, thisProcess } from "./process-identity.node.js";

/** Milliseconds between two signs of life of an owner. */
const BEAT = 5000;
/** Milliseconds without a sign of life after which an owner that can't be asked, as on another machine, counts as ended. */
const SILENCE = 60_000;
/** Milliseconds of silence that one look adds at most: an observer that was stopped itself has seen nothing meanwhile. */
const MAX_STEP = 10_000;
/** Milliseconds between two looks at a lease that is waited for. */
const PAUSE = 500;

/** The file in a place that names the owner and counts. */
const OWNER = "owner";
/** Digits of the count, which is written over in place. */
const DIGITS = 12;
/** Bytes of that file that are read at most. */
const MAX_OWNER = 4096;
/** Name of a place. */
const TOKEN = /^[0-9a-f]{32}$/;
/** End of the name of a place that was taken from its owner. */
const GONE = ".gone";

/** How a lease is waited for. */
export interface LeaseOptions {
  /** Ends the wait; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds without a sign of life after which an owner that can't be asked counts as ended. */
  silence?: number;
  /** Milliseconds between two looks. */
  pause?: number;
  /** Called once with the owner that is waited for; `isUnknown` where only its sign of life is waited for. */
  onWait?: (owner: string, isUnknown: boolean) => void;
  /** Called once with the reason why this process can't show that it lives. */
  onHeartbeatFailed?: (why: string) => void;
}

/** A lease that another process holds. */
export interface HeldLease {
  owner: string;
  /** Whether its owner is known to live: this machine says so, or its count has changed. */
  isAlive: boolean;
}

/** Observations of the leases of other processes. */
export class LeaseWatch {
  readonly #silence: number;
  readonly #seen = new Map<string, { count: string; quiet: number; at: number; hasBeaten: boolean }>();

  constructor(silence = SILENCE) {
    this.#silence = silence;
  }

  /** Whether a place has been silent for long, by this process's own clock, and whether it ever changed. */
  look(file: string, count: string): { isSilent: boolean; hasBeaten: boolean } {
    const now = performance.now();
    const before = this.#seen.get(file);
    const isSame = before?.count === count;
    const quiet = isSame ? before.quiet + Math.min(now - before.at, MAX_STEP) : 0;
    const isSamePlace = before !== undefined && placeIn(before.count) === placeIn(count);
    const hasBeaten = isSamePlace && (before.hasBeaten || !isSame);
    this.#seen.set(file, { count, quiet, at: now, hasBeaten });
    return { isSilent: quiet >= this.#silence, hasBeaten };
  }

  forget(file: string): void {
    this.#seen.delete(file);
  }
}

function placeIn(count: string): string {
  return count.slice(0, count.indexOf("\n"));
}

/**
 * The right to write the files that a name stands for, which one process has at a time.
 *
 * The lease `NAME` is a folder with one folder in it, the place of its owner, whose name is drawn anew each time:
 *
 * - It is taken by renaming a folder with a place in it to `NAME`, which the system refuses where `NAME` is not empty.
 * - The owner writes its files in its place and renames them from there. It shows that it lives by a count in its place.
 * - It is taken over by renaming the place, which succeeds for one of several, and clearing it; only then `NAME` is empty.
 *
 * So a process that was taken for ended can rename nothing any more: the place that it would rename from is not there, and no
 * check has to come before.
 */
export class Lease implements Disposable {
  /** The folder that only the owner writes in. */
  readonly place: string;
  readonly #file: string;
  readonly #onHeartbeatFailed: LeaseOptions["onHeartbeatFailed"];
  #count = 0;
  #hasHeartbeatFailed = false;

  private constructor(file: string, place: string, onHeartbeatFailed: LeaseOptions["onHeartbeatFailed"]) {
    this.#file = file;
    this.place = place;
    this.#onHeartbeatFailed = onHeartbeatFailed;
  }

  /**
   * Takes a lease in a folder that is there, unless it is held by an owner that lives or may live.
   *
   * @throws {SpikeletError} `WRITE_FAILED` where nothing can be written.
   */
  static async attempt(
    file: string,
    watch = new LeaseWatch(),
    onHeartbeatFailed?: LeaseOptions["onHeartbeatFailed"],
  ): Promise<Lease | HeldLease> {
    try {
      while (true) {
        const found = await holderOf(file);
        if (found === undefined) {
          watch.forget(file);
          const lease = await Lease.#placed(file, onHeartbeatFailed);
          if (lease !== undefined) return lease;
          continue;
        }
        const { owner, place, count } = found;
        const life = owner === undefined ? "unknown" : processState(owner);
        const { isSilent, hasBeaten } = watch.look(file, `${place}\n${count}`);
        const hasEnded = life === "ended" || (life === "unknown" && isSilent);
        if (!hasEnded) return { owner: nameOf(owner), isAlive: life === "runs" || hasBeaten };
        await end(file, place);
      }
    } catch (thrown) {
      if (thrown instanceof SpikeletError || !(thrown instanceof Error && "code" in thrown)) throw thrown;
      throw unwritable(dirname(file), thrown);
    }
  }

  /**
   * Takes a lease; an owner that can't be asked is waited for until it shows that it lives, or is silent for long.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE` with who holds it; `WRITE_FAILED` where nothing can be written.
   */
  static async take(file: string, options: LeaseOptions = {}): Promise<Lease> {
    return Lease.#waited(file, options, ({ owner }) => {
      const what = `is in use by ${owner}: wait for it, stop it, or give another folder`;
      throw new SpikeletError("FOLDER_IN_USE", dirname(file), what);
    });
  }

  /** Takes a lease once nobody else holds it. */
  static async takeWhenFree(file: string, options: LeaseOptions = {}): Promise<Lease> {
    return Lease.#waited(file, options, () => undefined);
  }

  static async #waited(file: string, options: LeaseOptions, onAlive: (held: HeldLease) => void): Promise<Lease> {
    const { signal, silence, pause = PAUSE, onWait, onHeartbeatFailed } = options;
    const watch = new LeaseWatch(silence);
    for (let hasTold = false; ; hasTold = true) {
      const found = await Lease.attempt(file, watch, onHeartbeatFailed);
      if (found instanceof Lease) return found;
      if (found.isAlive) onAlive(found);
      if (!hasTold) onWait?.(found.owner, !found.isAlive);
      await delay(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
      signal?.throwIfAborted();
    }
  }

  /** A lease that nobody held; `undefined` where another was faster. */
  static async #placed(file: string, onHeartbeatFailed: LeaseOptions["onHeartbeatFailed"]): Promise<Lease | undefined> {
    const token = randomBytes(16).toString("hex");
    const lease = new Lease(file, join(file, token), onHeartbeatFailed);
    const draft = temporaryBeside(file);
    const mode = (await stat(dirname(file))).mode & 0o1777;
    await makeAs(draft, mode);
    try {
      await makeAs(join(draft, token), mode);
      await create(join(draft, token, OWNER), `${lease.#counted()}\n${JSON.stringify(thisProcess())}\n`);
      await rename(draft, file);
    } catch (thrown) {
      // The answer of a network file system may be lost, and the second attempt then finds the first.
      if (!lease.#isHeld && isTaken(thrown, file)) return undefined;
      if (!lease.#isHeld) throw thrown;
    } finally {
      await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    }
    // Whoever clears away what killed processes left may have taken the draft for such.
    if (!existsSync(join(lease.place, OWNER))) return undefined;
    startHeartbeat(lease);
    await lease.beat();
    return lease;
  }

  /**
   * Makes sure that the lease is still held: a process that was stopped for long may have been taken for ended.
   *
   * @throws {SpikeletError} `FOLDER_IN_USE`.
   */
  check(): void {
    requirePlace(this.place);
  }

  /** {@link saveFrom} the place of this lease. */
  save(file: string, content: Uint8Array | string): Promise<void> {
    return saveFrom(this.place, file, content);
  }

  /** {@link removeInto} the place of this lease. */
  remove(file: string): Promise<void> {
    return removeInto(this.place, file);
  }

  /** Shows that this process lives: counts on, on the disk. */
  async beat(): Promise<void> {
    this.#count += 1;
    const count = this.#counted();
    const file = join(this.place, OWNER);
    let why = "its count is not kept";
    try {
      await overwrite(file, count);
      if ((await countIn(file)).startsWith(count)) return;
    } catch (thrown) {
      why = (thrown as Error).message;
    }
    if (this.#hasHeartbeatFailed || !this.#isHeld) return;
    this.#hasHeartbeatFailed = true;
    this.#onHeartbeatFailed?.(why);
  }

  /** Lets others take it; doing it twice does nothing. It never fails: who finds the lease of an ended process takes it over. */
  release(): void {
    stopHeartbeat(this);
    const moved = `${this.place}${GONE}`;
    attempted(() => renameSync(this.place, moved));
    attempted(() => rmSync(moved, { recursive: true, force: true }));
    // Refused where it is another's by now.
    attempted(() => rmdirSync(this.#file));
  }

  [Symbol.dispose](): void {
    this.release();
  }

  get #isHeld(): boolean {
    return existsSync(this.place);
  }

  #counted(): string {
    return String(this.#count).padStart(DIGITS, "0");
  }
}

/**
 * Writes a file whole or not at all, from the place of a lease, which may be that of another process. What is in its way, a link
 * or a pipe, is replaced.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` where the lease is another's by now, `WRITE_FAILED`; what the file held is still there.
 */
export async function saveFrom(place: string, file: string, content: Uint8Array | string): Promise<void> {
  const draft = draftIn(place, file);
  await within(place, file, "written", async () => {
    try {
      await create(draft, content);
      await rename(draft, file);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw cause;
    }
  });
}

/**
 * Removes a file where there is one: it is moved into the place of a lease, so that who has lost the lease removes nothing.
 *
 * @throws {SpikeletError} `FOLDER_IN_USE` where the lease is another's by now, `WRITE_FAILED`, also for a folder of that name.
 */
export async function removeInto(place: string, file: string): Promise<void> {
  const moved = draftIn(place, file);
  await within(place, file, "removed", async () => {
    const state = await lstat(file).catch(unlessGone);
    if (state === undefined) return requirePlace(place);
    if (state.isDirectory()) throw new Error("is a folder");
    await rename(file, moved);
    await rm(moved, { force: true });
  });
}

/** A name in the place of a lease for what is or will be `file`. */
export function draftIn(place: string, file: string): string {
  return join(place, `${basename(file)}.${randomBytes(8).toString("hex")}`);
}

async function within(place: string, file: string, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    requirePlace(place);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("WRITE_FAILED", file, `can't be ${what} (${why})`, cause);
  }
}

/** @throws {SpikeletError} `FOLDER_IN_USE` where a place is its owner's no more. */
export function requirePlace(place: string): void {
  if (existsSync(place)) return;
  const dir = dirname(dirname(place));
  throw new SpikeletError("FOLDER_IN_USE", dir, "was taken over by another process, or its lock was removed");
}

/** The leases of this process. */
const held = new Set<Lease>();
let heartbeat: NodeJS.Timeout | undefined;

function startHeartbeat(lease: Lease): void {
  if (held.size === 0) process.once("exit", releaseAll);
  held.add(lease);
  heartbeat ??= setInterval(() => {
    for (const one of held) void one.beat();
  }, BEAT).unref();
}

function stopHeartbeat(lease: Lease): void {
  held.delete(lease);
  if (held.size > 0) return;
  process.off("exit", releaseAll);
  clearInterval(heartbeat);
  heartbeat = undefined;
}

function releaseAll(): void {
  for (const lease of held) lease.release();
}

/** The holder of a lease. */
interface Holder {
  place: string;
  count: string;
  /** `undefined` where its file can't be understood. */
  owner: ProcessIdentity | undefined;
}

/** The holder of a lease; `undefined` where nobody holds it. What is left of those that ended is cleared away. */
async function holderOf(file: string): Promise<Holder | undefined> {
  const state = await lstat(file).catch(unlessGone);
  if (state === undefined) return undefined;
  if (state.isSymbolicLink()) throw new SpikeletError("WRITE_FAILED", file, "is a link, and must be the lock of its folder");
  if (!state.isDirectory()) return holderIn(file, file);
  const names = await readdir(file).catch(unlessGone);
  if (names === undefined) return undefined;
  const places: string[] = [];
  for (const name of names) {
    if (name.endsWith(GONE)) await clear(join(file, name));
    else places.push(name);
  }
  const [name] = places;
  if (name === undefined) {
    await rmdir(file).catch(() => undefined);
    return undefined;
  }
  const token = places.find((one) => TOKEN.test(one));
  if (token === undefined) throw new SpikeletError("WRITE_FAILED", join(file, name), "is no part of a lock: remove it");
  const place = join(file, token);
  return holderIn(place, join(place, OWNER));
}

async function holderIn(place: string, file: string): Promise<Holder> {
  const text = await countIn(file);
  let owner: unknown;
  try {
    owner = JSON.parse(text.slice(text.indexOf("\n") + 1));
  } catch {
    // An owner that nobody can ask.
  }
  return { place, count: text, owner: isProcessIdentity(owner) ? owner : undefined };
}

/** Removes the place of one that ended; what it still has open on a network file system stays as long as it is open. */
async function clear(place: string): Promise<void> {
  try {
    await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } catch (cause) {
    const dir = dirname(dirname(place));
    if ((cause as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw cause;
    throw new SpikeletError("FOLDER_IN_USE", dir, "is in use by a process that still has files open there: end it", cause);
  }
}

/** Takes the place of an owner that ended away from it: of several that saw this very place, one moves it. */
async function end(file: string, place: string): Promise<void> {
  // It stays in the lease, which is taken until it is cleared.
  if (place !== file) return rename(place, `${place}${GONE}`).catch(unlessGone);
  await unlink(file).catch(async (thrown) => {
    // By now it may be the lease of another.
    if ((await lstat(file).catch(unlessGone))?.isFile()) throw thrown;
  });
}

/** Text of a small file, opened anew each time, since a network file system then asks its server; empty where there is none. */
async function countIn(file: string): Promise<string> {
  const handle = await openPlain(file);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_OWNER), 0, MAX_OWNER, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function overwrite(file: string, text: string): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    await handle.write(text, 0, "utf8");
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that whoever may write beside it may write into. */
async function makeAs(dir: string, mode: number): Promise<void> {
  await mkdir(dir);
  await chmod(dir, mode | 0o700).catch(() => undefined);
}

/** Codes of errors where something is in the way of a rename; Windows has one code for all. */
const IN_THE_WAY: ReadonlySet<unknown> = new Set(["EEXIST", "ENOTEMPTY", "ENOTDIR", "ENOENT"]);

function isTaken(thrown: unknown, file: string): boolean {
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  return IN_THE_WAY.has(code) || (syscall === "rename" && process.platform === "win32" && existsSync(file));
}

function unlessGone(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== "ENOENT") throw thrown;
}

function attempted(work: () => void): void {
  try {
    work();
  } catch {
    // Whoever comes next clears it away.
  }
}

function nameOf(owner: ProcessIdentity | undefined): string {
  return owner === undefined ? "a process that its lock does not name" : processName(owner);
}
