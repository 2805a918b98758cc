// Programs that print one JSON object a line.
import { spawn } from "node:child_process";
import { StepFailed } from "../../scripts/run.mjs";
import { ROOT } from "../../scripts/stamps.mjs";

/** Runs a Node script and collects what it prints; stderr is shown. */
export function jsonLines(script, args = []) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new StepFailed(`${script} ${args.join(" ")} ended with code ${code}`));
      resolve(
        text
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line)),
      );
    });
  });
}
