import { randomUUID } from "node:crypto";
import { open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { SpikeletError } from "../../errors.js";
import { createWhole } from "../../io/files.node.js";
import { isProcessRecord, lifeOf, type ProcessRecord, processName, thisProcess } from "./process-record.node.js";

/** Milliseconds between two signs of life of a claim. */
const PULSE = 15_000;
/** Milliseconds without a sign of life after which the owner of a claim counts as dead. */
const SILENCE = 120_000;

/** What the file of a claim holds. */
interface Claim {
  owner: ProcessRecord;
  /** Tells apart what one owner claims. */
  token: string;
}

/** A claim of somebody else, as it was when it was first seen. */
interface Sighting {
  mark: string;
  /** By this process's own clock: those of two machines are not compared. */
  since: number;
}

/**
 * Which process works at what in a folder that several may use at once, on one machine or on many.
 *
 * A claim is a file that is created exclusively and touched again and again. One whose owner is gone, or was silent for two
 * minutes, is taken over. No result depends on claims: at worst two processes do the same work.
 */
export class Claims {
  readonly #dir: string;
  readonly #silence: number;
  readonly #held = new Map<string, string>();
  readonly #seen = new Map<string, Sighting>();
  #pulse: NodeJS.Timeout | undefined;

  constructor(dir: string, silence = SILENCE) {
    this.#dir = dir;
    this.#silence = silence;
  }

  /**
   * Whether `name` is this process's to work at, now.
   *
   * @throws {SpikeletError} `WRITE_FAILED` where no file can be made.
   */
  async take(name: string): Promise<boolean> {
    const token = randomUUID();
    const isMine = (await this.#create(name, token)) || ((await this.clear(name)) && (await this.#create(name, token)));
    if (!isMine) return false;
    this.#held.set(name, token);
    this.#pulse ??= setInterval(() => this.#touch(), PULSE).unref();
    return true;
  }

  /** Gives up what {@link take} got. */
  async release(name: string): Promise<void> {
    const token = this.#held.get(name);
    this.#held.delete(name);
    if (this.#held.size === 0) {
      clearInterval(this.#pulse);
      this.#pulse = undefined;
    }
    // Whoever took this process for dead keeps it.
    if (token !== undefined && (await claimIn(this.#fileOf(name)))?.token === token)
      await rm(this.#fileOf(name), { force: true });
  }

  /** Removes the claim of a dead process; whether nobody has one any more. */
  async clear(name: string): Promise<boolean> {
    const file = this.#fileOf(name);
    const seen = await this.#look(file);
    if (seen === undefined) return true;
    if (this.#held.has(name) || !seen.isStale) return false;
    // Of all that saw this very claim one may remove it: by then another may have taken its place.
    const turn = `${file}.${seen.token}`;
    if (!(await this.#takeTurn(turn))) return false;
    try {
      const isSame = (await claimIn(file))?.token === seen.token;
      if (isSame) await rm(file, { force: true });
      return isSame;
    } finally {
      await rm(turn, { force: true });
    }
  }

  /** Names the owner of a claim whom this process can't ask whether it still runs, as one on another machine. */
  async ownerOutOfReach(name: string): Promise<string | undefined> {
    const owner = (await claimIn(this.#fileOf(name)))?.owner;
    return owner !== undefined && lifeOf(owner) === "unknown" ? processName(owner) : undefined;
  }

  async #takeTurn(turn: string): Promise<boolean> {
    if (await created(turn, claimText(randomUUID()))) return true;
    // Whoever had it may have died before the claim was gone.
    if ((await this.#look(turn))?.isStale !== true) return false;
    await rm(turn, { force: true });
    return created(turn, claimText(randomUUID()));
  }

  #create(name: string, token: string): Promise<boolean> {
    return created(this.#fileOf(name), claimText(token));
  }

  /** The claim that is there, by whomever. */
  async #look(file: string): Promise<{ token: string | undefined; isStale: boolean } | undefined> {
    let touched: number;
    let claim: Claim | undefined;
    try {
      // To open a file anew is what makes a network file system ask for its present state.
      const handle = await open(file);
      try {
        touched = (await handle.stat()).mtimeMs;
        claim = parsed(await handle.readFile("utf8"));
      } finally {
        await handle.close();
      }
    } catch {
      this.#seen.delete(file);
      return undefined;
    }
    const mark = `${claim?.token} ${touched}`;
    const now = performance.now();
    const before = this.#seen.get(file);
    const since = before?.mark === mark ? before.since : now;
    this.#seen.set(file, { mark, since });
    const isStale = now - since >= this.#silence || (claim !== undefined && lifeOf(claim.owner) === "ended");
    return { token: claim?.token, isStale };
  }

  #touch(): void {
    const now = new Date();
    for (const name of this.#held.keys()) utimes(this.#fileOf(name), now, now).catch(() => undefined);
  }

  #fileOf(name: string): string {
    return join(this.#dir, `${name}.claim`);
  }
}

function claimText(token: string): string {
  const claim: Claim = { owner: thisProcess(), token };
  return JSON.stringify(claim);
}

/** Writes a file that was not there, whole, so that no claim fails to say whose it is; whether it was not. */
async function created(file: string, text: string): Promise<boolean> {
  try {
    return await createWhole(file, text);
  } catch (thrown) {
    throw new SpikeletError("WRITE_FAILED", file, `can't be written (${(thrown as Error).message})`, thrown);
  }
}

async function claimIn(file: string): Promise<Claim | undefined> {
  try {
    const handle = await open(file);
    try {
      return parsed(await handle.readFile("utf8"));
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** `undefined` for what its owner has not written to its end. */
function parsed(text: string): Claim | undefined {
  try {
    const json = JSON.parse(text) as Claim;
    return typeof json.token === "string" && isProcessRecord(json.owner) ? json : undefined;
  } catch {
    return undefined;
  }
}
