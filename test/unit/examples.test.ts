import { describe, expect, it } from "vitest";
import { EXAMPLES, FIRST_EXAMPLES } from "../../ts/cli/examples.js";
import { allCommands, checkCommandLine } from "../support/command-line.js";

describe("examples of the help", () => {
  it("are there for each command and nothing else", async () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...(await allCommands()).keys()].sort());
  });

  it("are command lines that the command takes", async () => {
    const own = Object.entries(EXAMPLES).flatMap(([path, lines]) => lines.map((line) => `${path} ${line}`.trimEnd()));
    for (const line of [...own, ...FIRST_EXAMPLES]) await expect(checkCommandLine(line), line).resolves.toBeUndefined();
  });
});
