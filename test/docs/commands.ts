import { COMMANDS } from "../../ts/cli/app.js";
import type { CommandDefinition, Commands, Parameter } from "../../ts/cli/command.js";
import { EXAMPLES } from "../../ts/cli/examples.js";
import { meaningsIn } from "../../ts/cli/help.js";

/** The reference of the command line, from what the commands themselves say. */
export async function commandPage(): Promise<string> {
  const sections = await sectionsOf(COMMANDS, []);
  return `# Commands

<!-- Made by \`npx vitest run test/docs/reference.test.ts --update\`: do not edit. -->

What \`spikelet COMMAND --help\` prints, on one page. Guides:
[getting started](../learn/getting-started.md), [data sets](data-sets.md), [sweeps](../guides/sweeps.md), [experiments](../results/experiments.md),
[exchange](../guides/exchange.md).

Results go to stdout, with \`--json\` as one JSON object per line; messages and progress go to stderr. With \`--json\` an error is the last line on stdout, \`{"type":"error","code","path","message"}\`: codes are those of the [library](../guides/troubleshooting.md#errors), or \`USAGE\`, \`INTERRUPTED\`, \`UNFINISHED\`. \`NO_COLOR\` turns colours off. Exit codes:

| code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong command line or configuration |
| 130 | interrupted: Ctrl-C, SIGTERM, SIGHUP |
| 141 | its output is no longer read, as with \`head -1\` |

${sections.join("\n")}`;
}

async function sectionsOf(commands: Commands, before: readonly string[]): Promise<string[]> {
  const sections: string[] = [];
  for (const [name, load] of Object.entries(commands)) {
    const command = await load();
    const path = [...before, name];
    sections.push(sectionOf(command, path), ...(await sectionsOf(command.subCommands ?? {}, path)));
  }
  return sections;
}

function sectionOf({ meta, args = {} }: CommandDefinition, path: readonly string[]): string {
  const rows = Object.entries(args).map(([name, arg]) => `| ${usage(name, arg)} | ${cell(arg.description)}${defaultOf(arg)} |`);
  const table = rows.length === 0 ? [] : ["| option | meaning |", "|---|---|", ...rows, ""];
  const examples = (EXAMPLES[path.join(" ")] ?? []).map((line) => ["spikelet", ...path, line].join(" ").trimEnd());
  return [
    `## \`spikelet ${path.join(" ")}\``,
    "",
    `${meta.description}.`,
    "",
    ...table,
    ...meaningsIn(args).flatMap(([title, rows]) => [
      `| \`${title.slice(0, -1)}\` | meaning |`,
      "|---|---|",
      ...rows.map(([name, about]) => `| \`${name}\` | ${cell(about)} |`),
      "",
    ]),
    "<!-- not run: test/unit/examples.test.ts holds them against the options -->",
    "```sh",
    ...examples,
    "```",
    "",
  ].join("\n");
}

function usage(name: string, arg: Parameter): string {
  switch (arg.type) {
    case "positional":
      return `\`${arg.valueHint}${arg.isMany ? "…" : ""}\``;
    case "enum":
      if (arg.meanings !== undefined) return `\`--${name} CHOICE\``;
      return `\`--${name} ${cell(arg.options.join(" | "))}\``;
    case "string":
      return `\`--${name} ${arg.valueHint}\``;
    case "boolean":
      return `\`--${name}\``;
  }
}

function defaultOf(arg: Parameter): string {
  if ("required" in arg && arg.required) return " (required)";
  return "default" in arg ? `; \`${arg.default}\` by default` : "";
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
