import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Claims } from "../../ts/study/store/claims.node.js";
import { thisProcess } from "../../ts/study/store/process-record.node.js";

const newDir = () => mkdtemp(join(tmpdir(), "spikelet-"));

/** The number of a process that was there and is no more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

/** Leaves the claim of another process. */
async function claimOf(dir: string, name: string, owner: object): Promise<string> {
  const file = join(dir, `${name}.claim`);
  writeFileSync(file, JSON.stringify({ owner: { ...thisProcess(), ...owner }, token: `t${Math.random()}` }));
  return file;
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a claim", () => {
  it("is one's own until it is released, and leaves nothing behind", async () => {
    const dir = await newDir();
    const [one, other] = [new Claims(dir), new Claims(dir)];
    expect([await one.take("a"), await other.take("a"), await other.take("b")]).toEqual([true, false, true]);
    await other.release("a");
    expect(await other.take("a")).toBe(false);
    await one.release("a");
    expect(await other.take("a")).toBe(true);
    await other.release("a");
    await other.release("b");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("of a dead process is taken over, by one of many", async () => {
    const dir = await newDir();
    const pid = await deadPid();
    for (let k = 0; k < 50; k++) {
      await claimOf(dir, "a", { pid });
      const all = Array.from({ length: 8 }, () => new Claims(dir));
      const taken = await Promise.all(all.map((claims) => claims.take("a")));
      // Whoever comes just between two of another's steps may have to come again.
      if (!taken.includes(true)) taken[0] = (await all[0]?.take("a")) ?? false;
      expect(taken.filter((isMine) => isMine)).toHaveLength(1);
      await all[taken.indexOf(true)]?.release("a");
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it("is taken over although somebody died while taking it over", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const dir = await newDir();
    const pid = await deadPid();
    for (const [left, seconds] of [
      [JSON.stringify({ owner: { ...thisProcess(), pid }, token: "half-way" }), 0],
      ["", 120],
    ] as const) {
      const file = await claimOf(dir, "a", { pid });
      writeFileSync(`${file}.${JSON.parse(readFileSync(file, "utf8")).token}`, left);
      const claims = new Claims(dir);
      expect(await claims.take("a")).toBe(seconds === 0);
      vi.advanceTimersByTime(1000 * seconds);
      expect((await claims.take("a")) || seconds === 0).toBe(true);
      await claims.release("a");
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it("of a process whose number another has by now is taken over", async () => {
    const dir = await newDir();
    await claimOf(dir, "a", { start: "1" });
    expect(await new Claims(dir).take("a")).toBe(process.platform === "linux");
  });

  it.each([{ host: "other" }, { space: "other" }])(
    "of a process that nobody here can see, as %j, is taken over after silence",
    async (where) => {
      vi.useFakeTimers({ toFake: ["performance"] });
      const dir = await newDir();
      const file = await claimOf(dir, "a", { ...where, pid: await deadPid() });
      const claims = new Claims(dir);
      const later = async (seconds: number) => {
        vi.advanceTimersByTime(1000 * seconds);
        return claims.take("a");
      };
      expect([await later(0), await later(119)]).toEqual([false, false]);
      // A sign of life, whatever the clock of that machine says.
      utimesSync(file, 5, 5);
      expect([await later(2), await later(119), await later(1)]).toEqual([false, false, true]);
    },
  );

  it("that was not written to its end is taken over after silence, too", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const dir = await newDir();
    writeFileSync(join(dir, "a.claim"), '{"owner":');
    const claims = new Claims(dir);
    expect(await claims.take("a")).toBe(false);
    vi.advanceTimersByTime(120_000);
    expect(await claims.take("a")).toBe(true);
  });

  it("that somebody took over is not released by its first owner", async () => {
    const dir = await newDir();
    const claims = new Claims(dir);
    await claims.take("a");
    const file = await claimOf(dir, "a", { host: "other" });
    const text = readFileSync(file, "utf8");
    await claims.release("a");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("shows signs of life", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const dir = await newDir();
    const claims = new Claims(dir);
    await claims.take("a");
    const file = join(dir, "a.claim");
    utimesSync(file, 5, 5);
    vi.advanceTimersByTime(15_000);
    await vi.waitFor(() => expect(statSync(file).mtimeMs).toBeGreaterThan(5000));
    await claims.release("a");
    expect(vi.getTimerCount()).toBe(0);
  });
});
