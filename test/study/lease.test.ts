import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type HeldLease, Lease, LeaseWatch } from "../../ts/io/lease.node.js";
import { OwnedFolder } from "../../ts/study/store/folder.node.js";
import { beat, leaseOf } from "../support/lease.js";

const LEASE = new URL("../../dist/io/lease.node.js", import.meta.url).href;
/** Takes a lease at each line that it reads, says what came of it, and lets go at the next. */
const HOLDER = `
import { Lease } from ${JSON.stringify(LEASE)};
let lease;
process.stdin.on("data", async () => {
  if (lease) return lease = lease.release();
  lease = await Lease.take(process.argv[1]).catch(() => undefined);
  process.stdout.write(lease ? "taken" : "refused");
});
process.stdout.write("ready");
`;

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const lockIn = (dir: string) => join(dir, ".lock");

afterEach(() => vi.useRealTimers());

/** A process that may hold leases. */
async function holder(dir: string): Promise<ChildProcess & { says: () => Promise<string> }> {
  const args = ["--input-type=module", "-e", HOLDER, lockIn(dir)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const says = async () => String((await once(child.stdout, "data"))[0]);
  expect(await says()).toBe("ready");
  return Object.assign(child, { says });
}

async function holding(dir: string): Promise<ChildProcess> {
  const child = await holder(dir);
  child.stdin?.write("take\n");
  expect(await child.says()).toBe("taken");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

function ownerOf(dir: string): unknown {
  const [token = ""] = readdirSync(lockIn(dir));
  return JSON.parse(readFileSync(join(lockIn(dir), token, "owner"), "utf8").split("\n")[1] ?? "");
}

const ended = { pid: spawnSync(process.execPath, ["-e", ""]).pid };
const token = (digit: string) => digit.repeat(32);

/** Where the system tells when a process started. */
const withStarts = process.platform === "linux" ? it : it.skip;

describe("a lease", () => {
  it("is refused while another process holds it, with who that is, and is free again when that is killed", async () => {
    const dir = await folder();
    const child = await holding(dir);
    await expect(Lease.take(lockIn(dir))).rejects.toMatchObject({
      code: "FOLDER_IN_USE",
      path: dir,
      message: expect.stringContaining(`is in use by process ${child.pid} on ${hostname()}`),
    });
    await killed(child);
    const lease = await Lease.take(lockIn(dir));
    expect(ownerOf(dir)).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(Lease.take(lockIn(dir)), "also by the same process").rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    lease.release();
    lease.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is let go of at the end of its process", async () => {
    const dir = await folder();
    const child = await holding(dir);
    const over = once(child, "close");
    child.stdin?.end();
    await over;
    expect(readdirSync(dir)).toEqual([]);
  });

  withStarts("of a process whose number another one has by now is taken over at once", async () => {
    const dir = await folder();
    leaseOf(lockIn(dir), { start: "1" });
    using lease = await Lease.take(lockIn(dir), { onWait: expect.unreachable });
    lease.check();
  });

  it("of another machine is taken over when its count stands still, and not before", async () => {
    const dir = await folder();
    const sign = leaseOf(lockIn(dir), { host: "elsewhere" });
    let count = 0;
    const heartbeat = setInterval(() => beat(sign, ++count, { host: "elsewhere" }), 5);
    const waits: unknown[][] = [];
    const options = { pause: 10, onWait: (...wait: unknown[]) => waits.push(wait) };
    await expect(Lease.take(lockIn(dir), options)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    clearInterval(heartbeat);
    using lease = await Lease.take(lockIn(dir), { ...options, silence: 50 });
    lease.check();
    expect(waits).toEqual(Array(2).fill([`process ${process.pid} on elsewhere`, true]));
  });

  it.each([{ host: "other" }, { space: "other" }, { space: null }])(
    "of an owner that nobody here can ask, as %j, is taken over after a minute of silence, whatever times its files have",
    async (where) => {
      vi.useFakeTimers({ toFake: ["performance"] });
      const dir = await folder();
      const owner = { ...where, ...ended };
      const sign = leaseOf(lockIn(dir), owner);
      const watch = new LeaseWatch();
      const isTaken = async () => (await Lease.attempt(lockIn(dir), watch)) instanceof Lease;
      const looks = async (count: number) => {
        const taken: boolean[] = [];
        for (let k = 0; k < count; k++) {
          vi.advanceTimersByTime(5000);
          utimesSync(sign, k, k);
          taken.push(await isTaken());
        }
        return taken;
      };
      expect(await isTaken()).toBe(false);
      expect(await looks(11)).toEqual(Array(11).fill(false));
      const { mtime } = statSync(sign);
      beat(sign, 1, owner);
      utimesSync(sign, mtime, mtime);
      expect(await looks(13)).toEqual([...Array(12).fill(false), true]);
      const lease = await Lease.attempt(lockIn(dir));
      expect(lease).toEqual({ owner: `process ${process.pid} on ${hostname()}`, isAlive: true });
    },
  );

  it("is not taken over by an observer that was stopped as long as its owner", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const dir = await folder();
    const sign = leaseOf(lockIn(dir), { host: "elsewhere" });
    const watch = new LeaseWatch();
    const attempt = () => Lease.attempt(lockIn(dir), watch) as Promise<HeldLease>;
    expect(await attempt()).toMatchObject({ isAlive: false });
    vi.advanceTimersByTime(24 * 60 * 60 * 1000);
    expect(await attempt(), "the owner has not come to count on").toMatchObject({ isAlive: false });
    beat(sign, 1, { host: "elsewhere" });
    expect(await attempt()).toMatchObject({ isAlive: true });
  });

  it("can be waited for no longer", async () => {
    const dir = await folder();
    leaseOf(lockIn(dir), { host: "elsewhere" });
    const controller = new AbortController();
    const reason = new Error("enough");
    const taken = Lease.take(lockIn(dir), { signal: controller.signal, onWait: () => controller.abort(reason) });
    await expect(taken).rejects.toBe(reason);
    expect(readdirSync(dir)).toEqual([".lock"]);
  });

  it("is waited for where its owner lives", async () => {
    const dir = await folder();
    const lease = await Lease.take(lockIn(dir));
    const waits: unknown[][] = [];
    const next = Lease.takeWhenFree(lockIn(dir), { pause: 5, onWait: (...wait) => waits.push(wait) && lease.release() });
    using _ = await next;
    expect(waits).toEqual([[`process ${process.pid} on ${hostname()}`, false]]);
  });

  it.each<[string, (lock: string) => void]>([
    ["a file", (lock) => writeFileSync(lock, "")],
    ["a place without an owner", (lock) => mkdirSync(join(lock, token("a")), { recursive: true })],
    ["an owner that says nothing", (lock) => writeFileSync(leaseOf(lock), "")],
    ["an owner of half a line", (lock) => writeFileSync(leaseOf(lock), '000000000000\n{"pid":1,')],
    ["a folder in the place of the owner", (lock) => mkdirSync(join(lock, token("a"), "owner"), { recursive: true })],
  ])("that is %s is no one's, once it is silent", async (_, make) => {
    const dir = await folder();
    make(lockIn(dir));
    using lease = await Lease.take(lockIn(dir), { silence: 20, pause: 5 });
    lease.check();
    expect(readdirSync(dir)).toEqual([".lock"]);
  });

  it("is never taken through a link, nor where somebody keeps other things", async () => {
    const [dir, other] = [await folder(), await folder()];
    mkdirSync(join(other, token("a")));
    symlinkSync(other, lockIn(dir));
    const silent = { silence: 0, pause: 1 };
    await expect(Lease.take(lockIn(dir), silent)).rejects.toMatchObject({ code: "WRITE_FAILED", path: lockIn(dir) });
    expect(readdirSync(other)).toEqual([token("a")]);
    const kept = await folder();
    mkdirSync(join(lockIn(kept), "letters"), { recursive: true });
    await expect(Lease.take(lockIn(kept), silent)).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });

  it("that was taken over is noticed by its former owner, who leaves it to the new one", async () => {
    const dir = await folder();
    const lease = await Lease.take(lockIn(dir));
    beat(join(lease.place, "owner"), 0, { host: "elsewhere" });
    using other = await Lease.take(lockIn(dir), { silence: 20, pause: 5 });
    expect(() => lease.check()).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE", path: dir }));
    await lease.beat();
    lease.release();
    other.check();
  });

  it("has one owner of many that take over one that ended, also where some ended while they did", async () => {
    for (let round = 0; round < 30; round++) {
      const dir = await folder();
      leaseOf(lockIn(dir), ended, token("a"));
      if (round % 3 > 0) leaseOf(lockIn(dir), ended, `${token("b")}.gone`);
      if (round % 3 > 1) leaseOf(join(dir, "..lock.0123.tmp"), ended);
      const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => Lease.take(lockIn(dir))));
      const leases = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
      expect(leases).toHaveLength(1);
      leases[0]?.check();
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason.code] : []));
      expect(refused).toEqual(Array(11).fill("FOLDER_IN_USE"));
      leases[0]?.release();
      expect(readdirSync(dir).filter((name) => !name.endsWith(".tmp"))).toEqual([]);
    }
  });

  it("has one owner of several processes that take over one that was killed", async () => {
    const dir = await folder();
    const children = await Promise.all(Array.from({ length: 5 }, () => holder(dir)));
    for (let round = 0; round < 5; round++) {
      await killed(await holding(dir));
      expect(readdirSync(dir)).toEqual([".lock"]);
      const answers = Promise.all(children.map((child) => child.says()));
      for (const child of children) child.stdin?.write("take\n");
      expect((await answers).sort()).toEqual(["refused", "refused", "refused", "refused", "taken"]);
      const owner = ownerOf(dir) as { pid: number };
      const winner = children.findIndex(({ pid }) => pid === owner.pid);
      const over = once(children[winner] as ChildProcess, "close");
      children[winner]?.stdin?.end();
      await over;
      children[winner] = await holder(dir);
    }
    for (const child of children) child.kill();
  });

  withStarts("may be taken over by whoever may write into its folder", async () => {
    const dir = await folder();
    chmodSync(dir, 0o770);
    using lease = await Lease.take(lockIn(dir));
    for (const one of [lockIn(dir), lease.place]) expect(statSync(one).mode & 0o777).toBe(0o770);
  });
});

describe("a folder of one's own", () => {
  it("is cleared of unfinished files only by its owner", async () => {
    const dir = await folder();
    const unfinished = join(dir, ".a.json.0123.tmp");
    writeFileSync(unfinished, "half");
    const child = await holding(dir);
    await expect(OwnedFolder.open(dir, ["a.json"])).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect(readFileSync(unfinished, "utf8")).toBe("half");
    await killed(child);
    using _ = await OwnedFolder.open(dir, ["a.json"]);
    expect(readdirSync(dir)).toEqual([".lock"]);
  });

  it("says which file it can't remove", async () => {
    using own = await OwnedFolder.open(await folder(), []);
    const inTheWay = join(own.dir, "a.json");
    mkdirSync(inTheWay);
    await expect(own.remove([inTheWay])).rejects.toMatchObject({ code: "WRITE_FAILED", path: inTheWay });
    await own.remove([join(own.dir, "none")]);
  });

  it("is refused where no folder can be", async () => {
    const file = join(await folder(), "file");
    writeFileSync(file, "precious");
    await expect(OwnedFolder.open(join(file, "in"), [])).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });
});
