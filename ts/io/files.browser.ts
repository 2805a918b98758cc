import { text } from "../check/values.js";
import { SpikeletError } from "../errors.js";
import type { OwnBytes } from "./bytes.js";
import { fileContent } from "./content.js";

/** Offers bytes to the visitor as a download of that name. */
export async function save(file: string, bytes: Uint8Array | string | Promise<Uint8Array>): Promise<void> {
  text(file, "file");
  const content = fileContent(await bytes, "bytes");
  const part = typeof content === "string" ? content : Uint8Array.from(content);
  const url = URL.createObjectURL(new Blob([part], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  // The download has begun by then, and the bytes are freed.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Fetches a file whole, for example a checkpoint.
 *
 * @throws {SpikeletError} `DATA_FORMAT` when the server does not give it or is out of reach.
 */
export async function load(file: string): Promise<OwnBytes> {
  text(file, "file");
  try {
    const response = await fetch(file);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Error(`${response.status} ${response.statusText}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpikeletError("DATA_FORMAT", file, `can't be fetched (${reason})`, cause);
  }
}
