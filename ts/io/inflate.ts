/**
 * Unpacks deflated bytes piece by piece, so that whoever hears of the pieces decides how many there may be.
 *
 * @param onPiece what it throws ends the unpacking.
 * @throws what `onPiece` throws, and the platform's error for damaged bytes.
 */
export async function inflate(
  packed: Uint8Array,
  format: "gzip" | "deflate-raw",
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) onPiece(read.value);
  } catch (thrown) {
    await reader.cancel().catch(() => undefined);
    throw thrown;
  }
}
