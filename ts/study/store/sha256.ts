/**
 * SHA-256 of text, as UTF-8, or of the bytes of an array.
 *
 * @returns 64 hex digits.
 */
export async function sha256(content: string | ArrayBufferView): Promise<string> {
  const bytes =
    typeof content === "string"
      ? new TextEncoder().encode(content)
      : new Uint8Array(content.buffer as ArrayBuffer, content.byteOffset, content.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
