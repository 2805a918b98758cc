// Python environments under .cache/, made once for each version of their requirements.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { run, StepFailed } from "./run.mjs";
import { ROOT, step } from "./stamps.mjs";

/**
 * @param {string} name of the folder in .cache
 * @param {string} requirements file of pinned versions, as pip reads it
 * @param {string} about what is installed, for people
 * @returns {Promise<string>} the Python of the environment
 */
export async function pythonEnvironment(name, requirements, about) {
  const folder = join(".cache", name);
  const python = pythonIn(folder);
  await step(name, { inputs: [requirements], outputs: [python] }, async () => {
    const base = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
    if (base === undefined) throw new StepFailed("this needs Python 3.11 or newer");
    process.stderr.write(`installing ${about} …\n`);
    await run(base, ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  });
  return join(ROOT, python);
}

/** @param {string} folder of an environment */
function pythonIn(folder) {
  return join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
}
