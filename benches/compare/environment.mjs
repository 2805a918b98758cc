// A Python environment with the libraries of requirements.txt, made once under .cache/.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { run, StepFailed } from "../../scripts/run.mjs";
import { ROOT, step } from "../../scripts/stamps.mjs";

const FOLDER = join(".cache", "compare-python");
const REQUIREMENTS = "benches/compare/requirements.txt";
const PYTHON = join(FOLDER, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** @returns {Promise<string>} the Python to run the other libraries with */
export async function pythonEnvironment() {
  await step("compare-python", { inputs: [REQUIREMENTS], outputs: [PYTHON] }, async () => {
    const base = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
    if (base === undefined) throw new StepFailed("the comparison needs Python 3.11 or newer");
    process.stderr.write("installing the other libraries; on Linux PyTorch brings CUDA along, 6 GB in all …\n");
    await run(base, ["-m", "venv", FOLDER]);
    await run(PYTHON, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]);
  });
  return join(ROOT, PYTHON);
}
