/**
 * Bytes in memory that no other thread shares, as `new Blob([bytes])` and `crypto.subtle` take them. Their type is that of TypeScript's
 * own `slice`: only since 5.7 does it tell such arrays from others.
 */
export type OwnBytes = ReturnType<Uint8Array["slice"]>;

/** Bytes that were made for the caller, whatever their type says. */
export function ownBytes(made: Uint8Array): OwnBytes {
  return made.buffer instanceof ArrayBuffer ? (made as OwnBytes) : made.slice();
}
