// A Python environment with the libraries of requirements.txt, made once under .cache/.
import { pythonEnvironment } from "../../scripts/python.mjs";

/** @returns {Promise<string>} the Python to run the other libraries with */
export function peersEnvironment() {
  const about = "the other libraries; on Linux PyTorch brings CUDA along, 6 GB in all";
  return pythonEnvironment("compare-python", "benches/compare/requirements.txt", about);
}
