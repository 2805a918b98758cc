import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProcessIdentity, thisProcess } from "../../ts/io/process-identity.node.js";

/** Leaves the lease of another process; the file that shows that it lives. */
export function leaseOf(file: string, owner: Partial<ProcessIdentity> = {}, token = "a".repeat(32)): string {
  mkdirSync(join(file, token), { recursive: true });
  const sign = join(file, token, "owner");
  beat(sign, 0, owner);
  return sign;
}

/** Shows that its owner lives. Whoever reads meanwhile sees one count or the other, as of an owner that writes over a count in place. */
export function beat(sign: string, count: number, owner: Partial<ProcessIdentity> = {}): void {
  writeFileSync(`${sign}.new`, `${String(count).padStart(12, "0")}\n${JSON.stringify({ ...thisProcess(), ...owner })}\n`);
  renameSync(`${sign}.new`, sign);
}
