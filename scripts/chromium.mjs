// The browser that the tests drive.
import { aptInstall, mayInstall } from "./apt.mjs";
import { findChromium } from "./find-chromium.mjs";
import { StepFailed } from "./run.mjs";

/** Installs Chromium where apt-get may do that; else the message names the command. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  if (mayInstall()) await aptInstall(["chromium"]);
  if (findChromium() !== undefined) return;
  throw new StepFailed(
    "the browser tests need Chromium: apt-get install chromium, or set the environment variable CHROMIUM to the path of Chrome",
  );
}
