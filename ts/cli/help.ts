import { Help } from "commander";
import { onStdout } from "./colour.js";
import { type CommandDefinition, type Commands, type Parameters, parserOf } from "./command.js";
import { EXAMPLES, FIRST_EXAMPLES } from "./examples.js";

/** Columns of a stream that is no terminal. */
const COLUMNS = 80;
/** Columns of an option's words; of a longer one the description begins on the next line. */
const TERM = 25;

/**
 * Writes the help of a command to stdout, as wide as the terminal.
 *
 * @param path the words that name the command, none for the whole.
 */
export async function writeHelp(
  { meta, args = {}, subCommands = {} }: CommandDefinition,
  path: readonly string[],
): Promise<void> {
  const parser = parserOf(["spikelet", ...path].join(" "), args).description(`${meta.description}.`);
  for (const [name, description] of await descriptionsOf(subCommands)) parser.command(name).description(`${description}.`);
  const columns = process.stdout.columns ?? COLUMNS;
  parser.helpCommand(false).helpOption("-h, --help", "show options and examples");
  if (path.length === 0) parser.version("", "-v, --version", "the version");
  const { padWidth, formatItem } = Help.prototype;
  parser.configureHelp({
    styleTitle: (title) => onStdout.bold(title),
    minWidthToWrap: 20,
    padWidth: (command, help) => Math.min(TERM, padWidth.call(help, command, help)),
    formatItem: (term, width, description, help) => {
      const item = (term: string) => formatItem.call(help, term, width, description, help);
      return term.length <= width ? item(term) : `  ${term}\n${item("")}`;
    },
  });
  parser.configureOutput({
    writeOut: (text) => process.stdout.write(text),
    getOutHelpWidth: () => columns,
    getOutHasColors: () => onStdout.isColorSupported,
  });
  for (const [title, rows] of meaningsIn(args)) {
    const help = Object.assign(parser.createHelp(), { helpWidth: columns });
    const width = Math.max(...rows.map(([name]) => name.length));
    const items = rows.map(([name, about]) => formatItem.call(help, name, width, about, help));
    parser.addHelpText("after", `\n${onStdout.bold(title)}\n${items.join("\n")}`);
  }
  const lines = path.length === 0 ? FIRST_EXAMPLES : (EXAMPLES[path.join(" ")] ?? []);
  const examples = lines.map((line) => exampleOf(["spikelet", ...path, line].join(" ").trimEnd(), columns));
  parser.addHelpText("after", `\n${onStdout.bold("Examples:")}\n${examples.join("\n")}`);
  parser.outputHelp();
}

/** What the choices of options mean, where they say so. */
export function meaningsIn(args: Parameters): [title: string, rows: [name: string, about: string][]][] {
  return Object.entries(args).flatMap(([name, arg]) =>
    arg.type === "enum" && arg.meanings !== undefined ? [[`--${name}:`, Object.entries(arg.meanings)]] : [],
  );
}

async function descriptionsOf(commands: Commands): Promise<[name: string, description: string][]> {
  return Promise.all(Object.entries(commands).map(async ([name, load]) => [name, (await load()).meta.description]));
}

/** A command line that continues behind a backslash where it is wider than the terminal. */
function exampleOf(line: string, columns: number): string {
  const lines = [" "];
  for (const part of line.split(/ (?=--)/)) {
    const last = lines.at(-1) ?? "";
    // Two columns are left for the backslash.
    if (last.trim() === "" || last.length + part.length + 3 <= columns) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(`      ${part}`);
  }
  return lines.join(" \\\n");
}
