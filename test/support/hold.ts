import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

/** A command that is held at a line that it prints, so that a signal comes in the middle of its work however fast the machine is. */
export class Hold {
  readonly #folder = mkdtempSync(join(tmpdir(), "spikelet-hold-"));
  /** What the command is started with. */
  readonly env: Record<string, string>;

  /** @param text that the line contains; `count`: at which of these lines. */
  constructor(text: string, count = 1) {
    const preload = new URL("hold.mjs", import.meta.url);
    this.env = {
      NODE_OPTIONS: `--import ${preload}`,
      SPIKELET_HOLD: this.#folder,
      SPIKELET_HOLD_AT: text,
      SPIKELET_HOLD_COUNT: String(count),
    };
  }

  /** Resolves once the command is held. */
  async reached(): Promise<void> {
    await expect.poll(() => existsSync(join(this.#folder, "held"))).toBe(true);
  }

  /** The process; under mpirun that of a rank. */
  pid(rank = 0): number {
    return Number(readFileSync(join(this.#folder, `rank-${rank}`), "utf8"));
  }

  release(): void {
    writeFileSync(join(this.#folder, "go"), "");
  }
}
