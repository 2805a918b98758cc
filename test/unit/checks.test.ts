import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const execute = promisify(execFile);
const RUN = JSON.stringify(new URL("../../scripts/run.mjs", import.meta.url).href);

/** Runs a program that prints its step, beside another that is held back until the first is through. */
async function outputOf(held: string): Promise<string> {
  const program = `
    import { run } from ${RUN};
    let end = () => {};
    const first = new Promise((resolve) => { end = resolve; });
    const ended = run(process.execPath, ["--eval", ${JSON.stringify(held)}], { until: first })
      .then(() => "well", () => "badly")
      .then((how) => console.log(how));
    process.stdout.write("first\\n", () => end());
    await ended;
  `;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", program]);
  return stdout;
}

describe("checks side by side", () => {
  it("show their output one after the other", async () => {
    expect(await outputOf('console.log("second")')).toBe("first\nsecond\nwell\n");
  });

  it("show all of it where one fails", async () => {
    expect(await outputOf('console.log("second"); process.exitCode = 3')).toBe("first\nsecond\nbadly\n");
  });
});
