import { didYouMean } from "../closest.js";
import { version } from "../version.js";
import { onStderr } from "./colour.js";
import { type CommandDefinition, type Commands, defineCommand, parse } from "./command.js";
import { asOption, causeOf, describe, EXIT, exitCodeOf, Interrupted, OutputClosed, UsageError } from "./exit.js";
import { writeHelp } from "./help.js";
import { say } from "./print.js";
import { withSuggestion } from "./suggestion.js";

export const COMMANDS: Commands = {
  train: async () => (await import("./commands/train.js")).train,
  evaluate: async () => (await import("./commands/evaluate.js")).evaluate,
  predict: async () => (await import("./commands/predict.js")).predict,
  serve: async () => (await import("./commands/serve.js")).serve,
  gradients: async () => (await import("./commands/gradients.js")).gradients,
  bench: async () => (await import("./commands/bench.js")).bench,
  sweep: async () => (await import("./commands/sweep.js")).sweep,
  data: async () => (await import("./commands/data.js")).data,
  export: async () => (await import("./commands/export.js")).exportCommand,
  import: async () => (await import("./commands/import.js")).importCommand,
  info: async () => (await import("./commands/info.js")).info,
};

/** Replacements of commands that are gone. */
const MOVED: Readonly<Record<string, string>> = {
  experiment: "experiments run in a clone of the repository, npm run experiment -- NAME; spikelet sweep runs a plan of your own",
};

const root = defineCommand({
  meta: { name: "spikelet", description: "Trains spiking neural networks" },
  subCommands: COMMANDS,
});

/** Runs one command line; never throws, never ends the process. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    await dispatch(argv);
    return EXIT.done;
  } catch (thrown) {
    const cause = causeOf(thrown);
    report(asOption(cause), argv.includes("--json"));
    return exitCodeOf(cause);
  }
}

async function dispatch(argv: readonly string[]): Promise<void> {
  const [name, ...rawArgs] = argv;
  if (name === "help" && rawArgs.length > 0) return dispatch([...rawArgs, "--help"]);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return writeHelp(root, []);
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${version}\n`);
    return;
  }
  await run(await commandOf(name, COMMANDS), rawArgs, [name]);
}

/** Runs a command, or the one of its own commands that the next word names. */
async function run(command: CommandDefinition, rawArgs: readonly string[], path: readonly string[]): Promise<void> {
  const [word, ...rest] = rawArgs;
  const own = command.subCommands as Commands | undefined;
  const namesOwn = own !== undefined && word !== undefined && !word.startsWith("-");
  // A command that also works by itself takes other words as its arguments.
  if (namesOwn && (command.run === undefined || Object.hasOwn(own, word))) {
    return run(await commandOf(word, own), rest, [...path, word]);
  }
  const asksForHelp = rawArgs.includes("--help") || rawArgs.includes("-h");
  if (asksForHelp || (own !== undefined && word === undefined && !runsAlone(command))) return writeHelp(command, path);
  if (own !== undefined && command.run === undefined) {
    throw new UsageError(`one of these comes before ${word}: ${Object.keys(own).join(", ")}`);
  }
  await command.run?.({ args: parse(rawArgs, command.args ?? {}) });
}

/** Whether a command has something to do without any words. */
function runsAlone({ run, args = {} }: CommandDefinition): boolean {
  return run !== undefined && Object.values(args).every((parameter) => !("required" in parameter && parameter.required));
}

async function commandOf(name: string, known: Commands): Promise<CommandDefinition> {
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  if (load !== undefined) return load();
  const moved = known === COMMANDS && Object.hasOwn(MOVED, name) ? MOVED[name] : undefined;
  if (moved !== undefined) throw new UsageError(`"${name}" is no command of the package: ${moved}`);
  const names = Object.keys(known);
  if (name.startsWith("-")) throw new UsageError(`a command comes first: ${names.join(", ")}`);
  throw new UsageError(`unknown command "${name}": ${didYouMean(name, names)}`);
}

/** Reports an error: to stderr for people, to stdout for programs. */
export function report(thrown: unknown, isJson: boolean): void {
  if (thrown instanceof OutputClosed) return;
  const { code, path, message } = describe(thrown);
  if (isJson) process.stdout.write(`${JSON.stringify({ type: "error", code, path, message })}\n`);
  if (thrown instanceof Interrupted) return;
  say(`${onStderr.red("error")} ${withSuggestion(message)}${code === "USAGE" ? "" : onStderr.dim(` (${code})`)}`);
}
