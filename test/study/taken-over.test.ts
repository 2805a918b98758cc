import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Lease } from "../../ts/io/lease.node.js";
import { LineFile } from "../../ts/io/line-file.node.js";
import { OwnedFolder } from "../../ts/study/store/folder.node.js";
import { StudyFolder } from "../../ts/study/store/study-folder.node.js";
import { beat } from "../support/lease.js";
import { planOf, recordOf } from "../sweep/records.js";

/** What happens right before the system renames, and opens, once. */
let beforeRename: (() => Promise<void>) | undefined;
let onOpen: ((file: string, flags: unknown) => void) | undefined;

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs/promises")>();
  return {
    ...original,
    rename: async (from: string, to: string) => {
      const first = beforeRename;
      beforeRename = undefined;
      await first?.();
      return original.rename(from, to);
    },
    open: async (file: string, flags: number, mode?: number) => {
      onOpen?.(file, flags);
      return original.open(file, flags, mode);
    },
  };
});

beforeEach(() => {
  onOpen = undefined;
});

/** Takes over the lease of a process that seems to have ended. */
async function takenOver(lock: string): Promise<Lease> {
  const [token = ""] = readdirSync(lock);
  beat(join(lock, token, "owner"), 0, { host: "elsewhere" });
  return Lease.take(lock, { silence: 5, pause: 1 });
}

describe("a process that was taken for dead between its last check and the change itself", () => {
  it("replaces no file", async () => {
    using own = await OwnedFolder.open(await mkdtemp(join(tmpdir(), "spikelet-")), []);
    const file = join(own.dir, "last.safetensors");
    await own.save(file, "1");
    const others: Lease[] = [];
    beforeRename = async () => {
      const other = await takenOver(join(own.dir, ".lock"));
      await other.save(file, "the other's");
      others.push(other);
    };
    await expect(own.save(file, "2")).rejects.toMatchObject({ code: "FOLDER_IN_USE", path: own.dir });
    expect(readFileSync(file, "utf8")).toBe("the other's");
    await expect(own.save(file, "3")).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect(readdirSync(own.dir).sort(), "nothing is left of it").toEqual([".lock", "last.safetensors"]);
    for (const other of others) other.release();
  });

  it("removes no file", async () => {
    using own = await OwnedFolder.open(await mkdtemp(join(tmpdir(), "spikelet-")), []);
    const file = join(own.dir, "last.safetensors");
    beforeRename = async () => {
      using other = await takenOver(join(own.dir, ".lock"));
      await other.save(file, "the other's");
    };
    writeFileSync(file, "mine");
    await expect(own.remove([file])).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect(readFileSync(file, "utf8")).toBe("the other's");
  });

  it("adds no line", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    const [lock, file] = [join(dir, ".lock"), join(dir, "events.ndjson")];
    using own = await Lease.take(lock);
    using mine = LineFile.open(own.place, file);
    mine.append("1\n");
    using other = await takenOver(lock);
    using theirs = LineFile.open(other.place, file);
    theirs.append("2\n");
    expect(() => mine.append("lost\n")).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE" }));
    // As if the check had come before.
    mkdirSync(own.place);
    mine.append("lost\n");
    expect(readFileSync(file, "utf8")).toBe("1\n2\n");
  });

  it("leaves no record of a run that another does", async () => {
    const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
    const { runsOf } = await import("../../ts/study/run/runs.js");
    const { HASHES } = await import("../sweep/records.js");
    const [run] = (await runsOf(planOf({}), HASHES, () => undefined)).runs;
    if (run === undefined) throw new Error("a plan without settings has one run");
    mkdirSync(join(dir, "runs"));
    const study = new StudyFolder(dir);
    await study.claim(run.id);
    beforeRename = async () => {
      using other = await takenOver(join(dir, "runs", `${run.id}.claim`));
      await study.add(recordOf(run, 0.5), other.place);
    };
    await expect(study.add(recordOf(run), study.placeOf(run.id))).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    expect((await study.record(run.id))?.status).toBe("done");
  });
});

it("an owner that can't show that it lives says so at the start, once", async () => {
  const dir = await mkdtemp(join(tmpdir(), "spikelet-"));
  onOpen = (file, flags) => {
    const isWriting = typeof flags === "number" && (flags & 3) !== 0;
    const isThere = file.endsWith("owner") && !file.includes(".tmp");
    if (isWriting && isThere) throw Object.assign(new Error("EPERM: not permitted"), { code: "EPERM" });
  };
  const reasons: string[] = [];
  using lease = await Lease.take(join(dir, ".lock"), { onHeartbeatFailed: (why) => reasons.push(why) });
  await lease.beat();
  expect(reasons).toEqual(["EPERM: not permitted"]);
});
