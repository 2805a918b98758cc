import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { ARITHMETIC } from "../../../generated/arithmetic.js";
import type { Origin } from "../../../kernels/record.js";
import { version } from "../../../version.js";

/** Describes this machine, before a measurement. */
export function originHere(): Origin {
  const load = loadNow();
  return {
    date: new Date().toISOString(),
    version,
    arithmetic: ARITHMETIC,
    commit: commitOf(new URL("../../../..", import.meta.url)),
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    engine: `Node ${process.versions.node}`,
    caches: caches(),
    load: [load, load],
  };
}

/** The origin with the load after a measurement. */
export function afterwards(origin: Origin): Origin {
  return { ...origin, load: [origin.load[0], loadNow()] };
}

function loadNow(): number {
  return Math.round(100 * (loadavg()[0] ?? 0)) / 100;
}

/** The commit of the clone that a folder is the root of; empty where it is none. */
function commitOf(folder: URL): string {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder, encoding: "utf8" }).stdout?.trim() ?? "";
  // The package may lie within the clone of another project.
  if (git("rev-parse", "--show-prefix") !== "" || git("ls-files", "crates/kernels/Cargo.toml") === "") return "";
  return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : " with changes"}`;
}

/** Caches of the first processor as Linux describes them, such as `L1 Data 32K`. */
function caches(): string[] {
  const folder = "/sys/devices/system/cpu/cpu0/cache";
  try {
    const read = (entry: string, file: string) => readFileSync(`${folder}/${entry}/${file}`, "utf8").trim();
    return readdirSync(folder)
      .filter((entry) => entry.startsWith("index"))
      .sort()
      .map((entry) => `L${read(entry, "level")} ${read(entry, "type")} ${read(entry, "size")}`);
  } catch {
    return [];
  }
}
