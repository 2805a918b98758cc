import type { CommandDef } from "citty";
import { describe, expect, it } from "vitest";
import { COMMANDS, type Commands } from "../../ts/cli/app.js";
import { checkArguments } from "../../ts/cli/arguments.js";
import { EXAMPLES, FIRST_EXAMPLES } from "../../ts/cli/examples.js";

/** Every command by the words that name it. */
async function all(commands: Commands = COMMANDS, before = ""): Promise<Map<string, CommandDef>> {
  const found = new Map<string, CommandDef>();
  for (const [name, load] of Object.entries(commands)) {
    const command = (await load()) as CommandDef;
    found.set(`${before}${name}`, command);
    const below = await all((command.subCommands ?? {}) as Commands, `${before}${name} `);
    for (const [path, one] of below) found.set(path, one);
  }
  return found;
}

describe("examples of the help", () => {
  it("are there for each command and nothing else", async () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...(await all()).keys()].sort());
  });

  it("are command lines that the command takes", async () => {
    const commands = await all();
    const own = Object.entries(EXAMPLES).flatMap(([path, lines]) => lines.map((line) => `${path} ${line}`.trimEnd()));
    for (const line of [...own, ...FIRST_EXAMPLES]) {
      const words = line.split(" ");
      const path = commands.has(words.slice(0, 2).join(" ")) ? words.slice(0, 2).join(" ") : (words[0] ?? "");
      const args = commands.get(path)?.args ?? {};
      expect(() => checkArguments(words.slice(path.split(" ").length), args as never), line).not.toThrow();
    }
  });
});
