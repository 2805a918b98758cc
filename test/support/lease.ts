import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProcessIdentity, thisProcess } from "../../ts/io/process-identity.node.js";

/** Leaves the lease of another process; the file that shows that it lives. */
export function leaseOf(file: string, owner: Partial<ProcessIdentity> = {}, token = "a".repeat(32)): string {
  mkdirSync(join(file, token), { recursive: true });
  const sign = join(file, token, "owner");
  beat(sign, 0, owner);
  return sign;
}

/** Shows that its owner lives. */
export function beat(sign: string, count: number, owner: Partial<ProcessIdentity> = {}): void {
  writeFileSync(sign, `${String(count).padStart(12, "0")}\n${JSON.stringify({ ...thisProcess(), ...owner })}\n`);
}
