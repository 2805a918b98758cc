import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeWritableFolder, OwnedFolder } from "../../ts/study/store/folder.node.js";
import { FolderLock } from "../../ts/study/store/lock.node.js";
import { type ProcessRecord, thisProcess } from "../../ts/study/store/process-record.node.js";

const LOCK = new URL("../../dist/study/store/lock.node.js", import.meta.url).href;
/** Takes the lock of a folder at each line that it reads, says what came of it, and lets go at the next. */
const HOLDER = `
import { FolderLock } from ${JSON.stringify(LOCK)};
let lock;
process.stdin.on("data", async () => {
  if (lock) return lock = lock.release();
  lock = await FolderLock.take(process.argv[1]).catch(() => undefined);
  process.stdout.write(lock ? "taken" : "refused");
});
process.stdout.write("ready");
`;

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));

/** A process that may hold locks. */
async function holder(dir: string): Promise<ChildProcess & { says: () => Promise<string> }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, dir], { stdio: ["pipe", "pipe", "inherit"] });
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

/** A process that has ended and left its lock. */
async function killedHolder(dir: string): Promise<void> {
  const child = await holding(dir);
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  expect(readdirSync(dir)).toEqual([".lock"]);
}

const token = (digit: string) => digit.repeat(32);
function lockOf(owner: Partial<ProcessRecord>, ofToken = token("a")): string {
  return JSON.stringify({ token: ofToken, ...thisProcess(), ...owner });
}

/** Where the system tells when a process started. */
const withStarts = process.platform === "linux" ? it : it.skip;

describe("the lock of a folder", () => {
  it("is refused while another process holds it, with who that is, and is free again when that is killed", async () => {
    const dir = await folder();
    const child = await holding(dir);
    await expect(FolderLock.take(dir)).rejects.toMatchObject({
      code: "FOLDER_IN_USE",
      path: dir,
      message: expect.stringContaining(`is in use by process ${child.pid} on ${hostname()}`),
    });
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    const lock = await FolderLock.take(dir);
    expect(JSON.parse(readFileSync(join(dir, ".lock"), "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(FolderLock.take(dir), "also by the same process").rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    lock.release();
    lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is let go of at the end of its process", async () => {
    const dir = await folder();
    const child = await holding(dir);
    const ended = once(child, "close");
    child.stdin?.end();
    await ended;
    expect(readdirSync(dir)).toEqual([]);
  });

  withStarts("of a process whose number another one has by now is taken over at once", async () => {
    const dir = await folder();
    writeFileSync(join(dir, ".lock"), lockOf({ start: "1" }));
    using lock = await FolderLock.take(dir, { onWait: expect.unreachable });
    lock.check();
  });

  it("of another machine is taken over when there is no sign of life, and not before", async () => {
    const dir = await folder();
    const file = join(dir, ".lock");
    writeFileSync(file, lockOf({ host: "elsewhere" }));
    let beats = 0;
    const heart = setInterval(() => utimesSync(file, ++beats, beats), 5);
    const waits: string[] = [];
    const options = { pause: 10, onWait: (owner: string) => waits.push(owner) };
    await expect(FolderLock.take(dir, options)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    clearInterval(heart);
    using lock = await FolderLock.take(dir, { ...options, silence: 50 });
    lock.check();
    expect(waits).toEqual(Array(2).fill(`process ${process.pid} on elsewhere`));
  });

  it("can be waited for no longer", async () => {
    const dir = await folder();
    writeFileSync(join(dir, ".lock"), lockOf({ host: "elsewhere" }));
    const controller = new AbortController();
    const reason = new Error("enough");
    const taken = FolderLock.take(dir, { signal: controller.signal, onWait: () => controller.abort(reason) });
    await expect(taken).rejects.toBe(reason);
    expect(readdirSync(dir)).toEqual([".lock"]);
  });

  it.each(["", "{}", "{", `{"token":"../x","pid":1,"host":"a","space":null,"start":null}`])(
    "that says %j is no one's, once it is silent",
    async (text) => {
      const dir = await folder();
      writeFileSync(join(dir, ".lock"), text);
      using lock = await FolderLock.take(dir, { silence: 20, pause: 5 });
      lock.check();
      expect(readdirSync(dir)).toEqual([".lock"]);
    },
  );

  it("never writes through a link", async () => {
    const [dir, other] = [await folder(), await folder()];
    const victim = join(other, "precious");
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(dir, ".lock"));
    await expect(FolderLock.take(dir)).rejects.toMatchObject({ code: "WRITE_FAILED", path: dir });
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  it("that was taken over, or is gone, is noticed by its former holder, who leaves it to the new one", async () => {
    const dir = await folder();
    const file = join(dir, ".lock");
    using lock = await FolderLock.take(dir);
    const theirs = lockOf({ host: "elsewhere" });
    writeFileSync(file, theirs);
    expect(() => lock.check()).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE", path: dir }));
    lock.release();
    expect(readFileSync(file, "utf8")).toBe(theirs);
  });

  it("has one holder of many that take over one that ended, and of one that ended while it took over", async () => {
    const ended = { pid: spawnSync(process.execPath, ["-e", ""]).pid };
    for (let round = 0; round < 30; round++) {
      const dir = await folder();
      writeFileSync(join(dir, ".lock"), lockOf(ended));
      if (round % 3 > 0) writeFileSync(join(dir, `.lock.${token("a")}`), lockOf(ended, token("b")));
      if (round % 3 > 1) writeFileSync(join(dir, `.lock.${token("b")}`), lockOf(ended, token("c")));
      const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => FolderLock.take(dir)));
      const locks = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
      expect(locks).toHaveLength(1);
      locks[0]?.check();
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason.code] : []));
      expect(refused).toEqual(Array(11).fill("FOLDER_IN_USE"));
      locks[0]?.release();
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it("has one holder of several processes that take over one that was killed", async () => {
    const dir = await folder();
    const children = await Promise.all(Array.from({ length: 5 }, () => holder(dir)));
    for (let round = 0; round < 5; round++) {
      await killedHolder(dir);
      const answers = Promise.all(children.map((child) => child.says()));
      for (const child of children) child.stdin?.write("take\n");
      expect((await answers).sort()).toEqual(["refused", "refused", "refused", "refused", "taken"]);
      const winner = children.find(({ pid }) => pid === JSON.parse(readFileSync(join(dir, ".lock"), "utf8")).pid);
      const ended = once(winner as ChildProcess, "close");
      winner?.stdin?.end();
      await ended;
      children[children.indexOf(winner as (typeof children)[0])] = await holder(dir);
    }
    for (const child of children) child.kill();
  });
});

describe("a folder of one's own", () => {
  it("is cleared of unfinished files only by its holder", async () => {
    const dir = await folder();
    const unfinished = join(dir, ".a.json.0123.tmp");
    writeFileSync(unfinished, "half");
    const child = await holding(dir);
    await expect(OwnedFolder.open(dir, ["a.json"])).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect(readFileSync(unfinished, "utf8")).toBe("half");
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    using _ = await OwnedFolder.open(dir, ["a.json"]);
    expect(readdirSync(dir)).toEqual([".lock"]);
  });

  it("takes no more files once it is another's", async () => {
    const dir = await folder();
    using own = await OwnedFolder.open(join(dir, "a", "b"), []);
    const file = join(own.dir, "a.json");
    await own.save(file, "1");
    writeFileSync(join(own.dir, ".lock"), lockOf({ host: "elsewhere" }));
    await expect(own.save(file, "2")).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await expect(own.remove([file])).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect(readFileSync(file, "utf8")).toBe("1");
  });

  it("says which file it can't remove", async () => {
    using own = await OwnedFolder.open(await folder(), []);
    const file = join(own.dir, "a.json");
    mkdirSync(file);
    await expect(own.remove([file])).rejects.toMatchObject({ code: "WRITE_FAILED", path: file });
  });

  it("is tried without harm to what is there", async () => {
    const [dir, other] = [await folder(), await folder()];
    const victim = join(other, "precious");
    writeFileSync(victim, "precious");
    for (const name of [".probe", "probe", ".probe.tmp"]) symlinkSync(victim, join(dir, name));
    const before = readdirSync(dir);
    await makeWritableFolder(dir);
    expect(readdirSync(dir)).toEqual(before);
    expect(readFileSync(victim, "utf8")).toBe("precious");
    await expect(makeWritableFolder(join(victim, "in"))).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });
});
