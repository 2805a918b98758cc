import { COMMANDS } from "../../ts/cli/app.js";
import { type CommandDefinition, type Commands, parsePart } from "../../ts/cli/command.js";

/** Every command by the words that name it. */
export async function allCommands(commands: Commands = COMMANDS, before = ""): Promise<Map<string, CommandDefinition>> {
  const found = new Map<string, CommandDefinition>();
  for (const [name, load] of Object.entries(commands)) {
    const command = await load();
    found.set(`${before}${name}`, command);
    const below = await allCommands(command.subCommands ?? {}, `${before}${name} `);
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
  // What stands in quotation marks is one word, as in a shell.
  const words = (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replaceAll(/["']/g, ""));
  const path = commands.has(words.slice(0, 2).join(" ")) ? words.slice(0, 2).join(" ") : (words[0] ?? "");
  const command = commands.get(path);
  if (command === undefined) throw new Error(`there is no command "${path}"`);
  parsePart(
    words.slice(path.split(" ").length).filter((word) => word !== ""),
    command.args ?? {},
  );
}
