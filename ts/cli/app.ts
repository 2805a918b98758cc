import { stripVTControlCharacters } from "node:util";
import { type CommandDef, defineCommand, renderUsage, runCommand } from "citty";
import pc from "picocolors";
import { version } from "../version.js";
import { checkArguments } from "./arguments.js";
import { closest } from "./closest.js";
import { describe, EXIT, exitCodeOf, Interrupted, UsageError } from "./exit.js";
import { say } from "./print.js";

// biome-ignore lint/suspicious/noExplicitAny: a list of commands whose options differ
type AnyCommand = CommandDef<any>;

const COMMANDS: Record<string, () => Promise<AnyCommand>> = {
  train: async () => (await import("./commands/train.js")).train,
  evaluate: async () => (await import("./commands/evaluate.js")).evaluate,
  predict: async () => (await import("./commands/predict.js")).predict,
  gradients: async () => (await import("./commands/gradients.js")).gradients,
  bench: async () => (await import("./commands/bench.js")).bench,
  data: async () => (await import("./commands/data.js")).data,
  info: async () => (await import("./commands/info.js")).info,
};

const root = defineCommand({
  meta: { name: "spikelet", version, description: "Trains spiking neural networks" },
  subCommands: COMMANDS,
});

const EXAMPLES = `EXAMPLES

  spikelet train --preset digits --out out/digits
  spikelet train --config mnist.json --data data/mnist --set training.epochs=5 --json
  spikelet evaluate --checkpoint out/digits/best.safetensors --json
`;

/** Runs one command line; never throws, never ends the process. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    await dispatch(argv);
    return EXIT.done;
  } catch (thrown) {
    report(thrown, argv.includes("--json"));
    return exitCodeOf(thrown);
  }
}

async function dispatch(argv: readonly string[]): Promise<void> {
  const [name, ...rawArgs] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return help(root, `${EXAMPLES}\n`);
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${version}\n`);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(unknownCommand(name));
  const command = await load();
  if (rawArgs.includes("--help") || rawArgs.includes("-h")) return help(command, "", root);
  const args = typeof command.args === "object" && !(command.args instanceof Promise) ? command.args : {};
  const repeated = checkArguments(rawArgs, args);
  try {
    await runCommand(command, { rawArgs, data: repeated });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "CLIError") throw new UsageError(stripVTControlCharacters(thrown.message));
    throw thrown;
  }
}

function unknownCommand(name: string): string {
  if (name.startsWith("-")) return `a command comes first: ${Object.keys(COMMANDS).join(", ")}`;
  const near = closest(name, Object.keys(COMMANDS));
  const hint = near === undefined ? `there are ${Object.keys(COMMANDS).join(", ")}` : `did you mean ${near}?`;
  return `unknown command "${name}": ${hint}`;
}

async function help(command: AnyCommand, examples: string, parent?: AnyCommand): Promise<void> {
  const usage = `${await renderUsage(command, parent)}\n${examples}`;
  process.stdout.write(pc.isColorSupported ? usage : stripVTControlCharacters(usage));
}

function report(thrown: unknown, isJson: boolean): void {
  const { code, path, message } = describe(thrown);
  if (isJson) process.stdout.write(`${JSON.stringify({ type: "error", code, path, message })}\n`);
  if (thrown instanceof Interrupted) return;
  say(`${pc.red("error")} ${message}${code === "USAGE" ? "" : pc.dim(` (${code})`)}`);
}
