import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes bytes so that the file is either the old or the whole new one, also when the machine fails meanwhile: to a
 * temporary file in the same folder, to the disk, then renamed.
 *
 * @param bytes a checkpoint, or the promise of one: `save("net.safetensors", trainer.checkpoint())`.
 */
export async function save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void> {
  const content = await bytes;
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/** Reads a file whole, for example a checkpoint. */
export async function load(file: string): Promise<Uint8Array> {
  return readFile(file);
}
