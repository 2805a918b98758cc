import { close, open, read } from "node:fs";
import { promisify } from "node:util";
import { SpikeletError } from "../errors.js";

const openFile = promisify(open);
const readAt = promisify<number, Uint8Array, number, number, number, number>(
  (fd: number, into: Uint8Array, start: number, length: number, position: number, done) =>
    read(fd, into, start, length, position, done),
);

/** Files that are open at the same time. */
const MAX_OPEN = 64;

interface Opened {
  descriptor: Promise<number>;
  /** Reads under way. */
  users: number;
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
  async read(file: string, into: Uint8Array, position: number): Promise<void> {
    const opened = this.#take(file);
    opened.users += 1;
    try {
      const descriptor = await opened.descriptor;
      for (let done = 0; done < into.length; ) {
        const bytes = await readAt(descriptor, into, done, into.length - done, position + done);
        if (bytes === 0) throw new SpikeletError("DATA_FORMAT", file, `ends at byte ${position + done}, within what is read`);
        done += bytes;
      }
    } catch (thrown) {
      if (thrown instanceof SpikeletError) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new SpikeletError("DATA_FORMAT", file, `can't be read (${reason})`, thrown);
    } finally {
      opened.users -= 1;
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

function closeFile({ descriptor }: Opened): void {
  descriptor.then((open) => close(open)).catch(() => undefined);
}
