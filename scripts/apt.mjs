// Debian packages, where this process may install them.
import { spawnSync } from "node:child_process";
import { run } from "./run.mjs";

/** Another apt-get may be at work; seconds to wait for it. */
const WAIT = "DPkg::Lock::Timeout=300";

/** Whether apt-get is there and this process is root. */
export function mayInstall() {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

/**
 * Installs what is missing of these packages.
 *
 * @param {string[]} packages
 */
export async function aptInstall(packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  process.stderr.write(`installing ${missing.join(", ")} …\n`);
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { isQuiet: true, environment });
  const options = ["-y", "-q", "--no-install-recommends", "-o", WAIT];
  await run("apt-get", ["install", ...options, ...missing], { isQuiet: true, environment });
}

function isInstalled(name) {
  const { stdout } = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
  return /^Status: install ok installed$/m.test(stdout ?? "");
}
