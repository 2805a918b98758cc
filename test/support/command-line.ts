import type { CommandDef } from "citty";
import { COMMANDS, type Commands } from "../../ts/cli/app.js";
import { checkArguments } from "../../ts/cli/arguments.js";

/** Every command by the words that name it. */
export async function allCommands(commands: Commands = COMMANDS, before = ""): Promise<Map<string, CommandDef>> {
  const found = new Map<string, CommandDef>();
  for (const [name, load] of Object.entries(commands)) {
    const command = (await load()) as CommandDef;
    found.set(`${before}${name}`, command);
    const below = await allCommands((command.subCommands ?? {}) as Commands, `${before}${name} `);
    for (const [path, one] of below) found.set(path, one);
  }
  return found;
}

/**
 * Holds what stands behind `spikelet` against the options of its command, and runs nothing.
 *
 * @throws what the command line says of it.
 */
export async function checkCommandLine(line: string): Promise<void> {
  const commands = await allCommands();
  const words = line.split(/\s+/);
  const path = commands.has(words.slice(0, 2).join(" ")) ? words.slice(0, 2).join(" ") : (words[0] ?? "");
  const command = commands.get(path);
  if (command === undefined) throw new Error(`there is no command "${path}"`);
  checkArguments(words.slice(path.split(" ").length), (command.args ?? {}) as never);
}
