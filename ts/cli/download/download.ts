import { constants, type Stats } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SpikeletError } from "../../errors.js";
import { makeFolder } from "../../io/files.node.js";
import { type Checksums, expectedSum, sumOf } from "./checksum.js";

/** A file to download. */
export interface RemoteFile extends Checksums {
  name: string;
  /** Bytes that it has at most: a server that sends more is left. */
  maxBytes: number;
  /** Addresses of the file; the first that works is used. */
  urls: readonly string[];
}

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes so far; `all` is 0 if the server does not say. */
  onProgress?: (progress: { name: string; bytes: number; all: number }) => void;
  /** Attempts at one address before the next; a broken one continues where it broke. */
  attempts?: number;
  /** Milliseconds between attempts. */
  pause?: number;
}

/** How a part is opened; a link in its place is not followed, and a pipe not waited for. Windows knows neither flag. */
const WRITING = constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** An answer that makes another attempt at the same address useless. */
class Refused extends Error {}

/** A server that sends another file. */
class TooLong extends Refused {}

/**
 * Fetches a file into a folder. A broken download is kept and continued, also by a later call; the file gets its name once its
 * checksum has been verified.
 *
 * @throws {SpikeletError} `CHECKSUM_MISMATCH` when every address gave other bytes, `DATA_FORMAT` with the reason of each address
 * when none could be read; an abort throws the signal's reason.
 */
export async function download(remote: RemoteFile, dir: string, options: DownloadOptions = {}): Promise<void> {
  await makeFolder(dir);
  const part = join(dir, `.${remote.name}.part`);
  const reasons: string[] = [];
  const expected = expectedSum(remote);
  let isWrong = remote.urls.length > 0;
  for (const url of remote.urls) {
    const wasBegun = (await sizeOf(part)) > 0;
    let outcome = await fromAddress(url, part, remote, options);
    // What an earlier call began may be the beginning of another file.
    if (outcome.isWrong && wasBegun) outcome = await fromAddress(url, part, remote, options);
    if (outcome.reason === undefined) return rename(part, join(dir, remote.name));
    reasons.push(`${url}: ${outcome.reason}`);
    isWrong &&= outcome.isWrong;
  }
  const file = join(dir, remote.name);
  if (isWrong) {
    const message = `must have ${expected?.algorithm} ${expected?.sum}; ${reasons.join("; ")}`;
    throw new SpikeletError("CHECKSUM_MISMATCH", file, message);
  }
  throw new SpikeletError("DATA_FORMAT", file, `could not be fetched; ${reasons.join("; ") || "no address is known"}`);
}

/** Outcome of one address; `reason` is `undefined` where it gave the right file. */
interface Outcome {
  reason: string | undefined;
  /** Whether it gave another file; the part is gone then. */
  isWrong: boolean;
}

async function fromAddress(url: string, part: string, remote: RemoteFile, options: DownloadOptions): Promise<Outcome> {
  const reason = await transferred(url, part, remote, options);
  const expected = expectedSum(remote);
  if (reason !== undefined || expected === undefined) return { reason, isWrong: false };
  const found = await sumOf(part, expected.algorithm);
  if (found === expected.sum) return { reason, isWrong: false };
  await rm(part);
  return { reason: `${expected.algorithm} ${found}`, isWrong: true };
}

/** Why a file could not be had after all attempts, `undefined` when it is there. */
async function transferred(url: string, part: string, remote: RemoteFile, options: DownloadOptions): Promise<string | undefined> {
  const { attempts = 4, pause = 1000, signal } = options;
  let reason: string | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await delay(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
    signal?.throwIfAborted();
    try {
      await transfer(url, part, remote, options);
      return undefined;
    } catch (thrown) {
      signal?.throwIfAborted();
      reason = messageOf(thrown);
      if (thrown instanceof TooLong) await rm(part, { force: true });
      if (thrown instanceof Refused) return reason;
    }
  }
  return reason;
}

async function transfer(url: string, part: string, remote: RemoteFile, { signal, onProgress }: DownloadOptions): Promise<void> {
  const { name, maxBytes } = remote;
  const have = await sizeOf(part);
  // Without `identity` a server may pack a packed file once more, and fetch would unpack both.
  const headers = { "accept-encoding": "identity", ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
  const response = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (response.status === 416 && have > 0) {
    await response.body?.cancel();
    if (Number(range?.[2]) === have) return;
    await rm(part);
    throw new Error("the server has another file than before");
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const isFinal = response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429;
    throw new (isFinal ? Refused : Error)(`answered ${response.status}`);
  }
  if (remote.sha256 === undefined && new URL(response.url).protocol !== new URL(url).protocol) {
    await response.body.cancel();
    throw new Refused(`leads to ${response.url}, where the file could be changed on its way`);
  }
  const goesOn = response.status === 206 && Number(range?.[1]) === have;
  const length = Number(response.headers.get("content-length") ?? 0);
  let bytes = goesOn ? have : 0;
  const all = length === 0 ? 0 : bytes + length;
  const file = await open(part, WRITING | constants.O_APPEND, 0o666);
  try {
    if (!isPlain(await file.stat())) throw new Error(`${part} is no file of its own`);
    if (!goesOn) await file.truncate();
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new TooLong(`sends more than the ${maxBytes} bytes that the file has`);
      // `write` may take less than it is given.
      await file.writeFile(chunk);
      onProgress?.({ name, bytes, all });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (all > 0 && bytes < all) throw new Error(`ended after ${bytes} of ${all} bytes`);
}

/** Bytes that are there of a download. */
async function sizeOf(file: string): Promise<number> {
  try {
    const state = await lstat(file);
    // What a link leads to, or what has another name too, is no part of a download.
    if (isPlain(state)) return state.size;
    if (!state.isDirectory()) await rm(file);
    return 0;
  } catch {
    return 0;
  }
}

function isPlain(state: Stats): boolean {
  return state.isFile() && state.nlink === 1;
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error && thrown.cause.message !== "" ? thrown.cause.message : thrown.message;
}
