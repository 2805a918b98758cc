// The browser that the tests drive.
import { spawnSync } from "node:child_process";
import { findChromium } from "./find-chromium.mjs";
import { run, StepFailed } from "./run.mjs";

/** Another apt-get may be at work; seconds to wait for it. */
const WAIT = "DPkg::Lock::Timeout=300";

/** Installs Chromium where apt-get may do that; else the message names the command. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  const mayInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (mayInstall) {
    process.stderr.write("installing chromium …\n");
    await run("apt-get", ["update", "-q"], { isQuiet: true });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "-o", WAIT, "chromium"], { isQuiet: true });
  }
  if (findChromium() !== undefined) return;
  throw new StepFailed(
    "the browser tests need Chromium: apt-get install chromium, or set the environment variable CHROMIUM to the path of Chrome",
  );
}
