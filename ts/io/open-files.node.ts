import { close, open, read } from "node:fs";
import { promisify } from "node:util";
import { SpikeletError } from "../errors.js";
import { unreadable } from "./files.node.js";

const openFile = promisify(open);

/** Files that are open at the same time. */
const MAX_OPEN = 64;

interface Opened {
  descriptor: Promise<number>;
  /** Reads under way. */
  users: number;
}

/** Bytes of a file from `position` on, and where they go. */
export interface Piece {
  file: string;
  into: Uint8Array;
  position: number;
}

/** Closes what a forgotten {@link OpenFiles} left open. */
const forgotten = new FinalizationRegistry<Map<string, Opened>>((files) => {
  for (const file of files.values()) closeFile(file);
});

/** Files that are read again and again, the latest of which stay open. */
export class OpenFiles {
  /** The one that was read longest ago first. */
  readonly #files = new Map<string, Opened>();

  constructor() {
    forgotten.register(this, this.#files);
  }

  /**
   * Fills `into` with the bytes of a file from `position` on.
   *
   * @throws {SpikeletError} `DATA_FORMAT` where it can't be read or ends before.
   */
  read(file: string, into: Uint8Array, position: number): Promise<void> {
    return this.readAll([{ file, into, position }]);
  }

  /** {@link read} of many pieces at the same time; ends when none is under way any more. */
  async readAll(pieces: readonly Piece[]): Promise<void> {
    const files = new Map<string, Opened>();
    for (const { file } of pieces) {
      if (!files.has(file)) files.set(file, this.#take(file));
    }
    for (const opened of files.values()) opened.users += 1;
    try {
      const descriptors = new Map<string, number>();
      for (const [file, { descriptor }] of files) {
        descriptors.set(file, await descriptor.catch((thrown) => Promise.reject(unreadable(file, thrown))));
      }
      await fillAll(pieces, descriptors);
    } finally {
      for (const opened of files.values()) opened.users -= 1;
      this.#closeOldest();
    }
  }

  #take(file: string): Opened {
    const known = this.#files.get(file);
    this.#files.delete(file);
    const opened = known ?? { descriptor: openFile(file, "r"), users: 0 };
    this.#files.set(file, opened);
    if (known === undefined) opened.descriptor.catch(() => this.#files.delete(file));
    return opened;
  }

  #closeOldest(): void {
    for (const [name, file] of this.#files) {
      if (this.#files.size <= MAX_OPEN) return;
      if (file.users > 0) continue;
      this.#files.delete(name);
      closeFile(file);
    }
  }
}

/** One promise for all pieces: one for each would cost as much as the reading. */
function fillAll(pieces: readonly Piece[], descriptors: ReadonlyMap<string, number>): Promise<void> {
  return new Promise((resolve, reject) => {
    let [left, failure] = [pieces.length, undefined as SpikeletError | undefined];
    const finish = (error?: SpikeletError) => {
      failure ??= error;
      left -= 1;
      if (left > 0) return;
      if (failure === undefined) resolve();
      else reject(failure);
    };
    if (left === 0) resolve();
    for (const piece of pieces) fill(piece, descriptors.get(piece.file) as number, 0, finish);
  });
}

/** Fills a piece of which `done` bytes are there. */
function fill({ file, into, position }: Piece, descriptor: number, done: number, finish: (error?: SpikeletError) => void): void {
  read(descriptor, into, done, into.length - done, position + done, (error, bytes) => {
    const at = position + done;
    if (error !== null) finish(unreadable(file, error));
    else if (done + bytes === into.length) finish();
    else if (bytes === 0) finish(new SpikeletError("DATA_FORMAT", file, `ends at byte ${at}, within what is read`));
    else fill({ file, into, position }, descriptor, done + bytes, finish);
  });
}

function closeFile({ descriptor }: Opened): void {
  descriptor.then((open) => close(open)).catch(() => undefined);
}
