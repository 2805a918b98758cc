import { Argument, Command, CommanderError, Option } from "commander";
import { closest } from "../closest.js";
import { UsageError } from "./exit.js";
import { settingLike } from "./schema.js";

/** A parameter of a command, for people and for the parser. */
interface Described {
  readonly description: string;
}

/** `--name VALUE`. */
interface TextOption extends Described {
  readonly type: "string";
  /** What the value is, in capitals. */
  readonly valueHint: string;
  readonly default?: string;
  readonly required?: boolean;
  /** Whether it may stand more than once; its value is then the list of all. */
  readonly isMany?: boolean;
}

/** `--name`. */
interface Flag extends Described {
  readonly type: "boolean";
}

/** `--name VALUE` with one of a few values. */
interface Choice extends Described {
  readonly type: "enum";
  readonly options: readonly string[];
  /** What each of them is, listed after the options. */
  readonly meanings?: Readonly<Record<string, string>>;
  readonly default?: string;
}

/** An argument without a name. */
interface Place extends Described {
  readonly type: "positional";
  readonly valueHint: string;
  readonly required?: boolean;
  /** Whether any number may stand there; its value is then the list of all. */
  readonly isMany?: boolean;
}

export type Parameter = TextOption | Flag | Choice | Place;

/** Parameters of a command by name: positional ones in their order, then options. */
export type Parameters = Readonly<Record<string, Parameter>>;

type Value<P extends Parameter> = P extends Flag
  ? boolean
  : P extends { isMany: true }
    ? string[]
    : P extends Choice
      ? P["options"][number] | (P extends { default: string } ? never : undefined)
      : P extends { required: true } | { default: string }
        ? string
        : string | undefined;

/** Values of the parameters on a command line. */
export type Values<P extends Parameters> = { [K in keyof P]: Value<P[K]> };

/** A command as data: the parser, the help and docs/reference/commands.md are made from it. */
export interface CommandDefinition<P extends Parameters = Parameters> {
  readonly meta: { readonly name: string; readonly description: string };
  readonly args?: P;
  /** Commands below it. */
  readonly subCommands?: Commands;
  run?(context: { args: Values<P> }): Promise<void> | void;
}

/** How to load each command, by its name. */
// biome-ignore lint/suspicious/noExplicitAny: a list of commands whose parameters differ
export type Commands = Readonly<Record<string, () => Promise<CommandDefinition<any>>>>;

export function defineCommand<const P extends Parameters>(definition: CommandDefinition<P>): CommandDefinition<P> {
  return definition;
}

/**
 * Parses the words after the name of a command.
 *
 * @throws {UsageError} for parameters that the command does not have, with the most likely one, and for missing ones.
 */
export function parse<P extends Parameters>(words: readonly string[], parameters: P): Values<P> {
  const values = parsePart(words, parameters);
  for (const [name, parameter] of Object.entries(parameters)) {
    const value: unknown = values[name];
    const isMissing = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isMissing && "required" in parameter && parameter.required) throw missing(name, parameter);
  }
  return values;
}

/**
 * Parses words that may lack what the command needs.
 *
 * @throws {UsageError} for parameters that the command does not have.
 */
export function parsePart<P extends Parameters>(words: readonly string[], parameters: P): Values<P> {
  const command = parserOf("spikelet", parameters);
  const { operands, unknown } = parsedBy(command, words);
  if (unknown[0] !== undefined) throw unknownOption(unknown[0], parameters);
  const options = command.opts();
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const isMany = "isMany" in parameter && parameter.isMany === true;
    if (parameter.type === "positional") return [name, isMany ? operands.splice(0) : operands.shift()];
    const absent = parameter.type === "boolean" ? false : isMany ? [] : undefined;
    return [name, options[new Option(`--${name}`).attributeName()] ?? absent];
  });
  const [extra] = operands;
  if (extra === undefined) return Object.fromEntries(values);
  const takesPlaces = Object.values(parameters).some(({ type }) => type === "positional");
  throw new UsageError(`unexpected argument "${extra}"${takesPlaces ? "" : ": options start with --"}`);
}

/** The parser of a command; its help is that of the command. */
export function parserOf(name: string, parameters: Parameters): Command {
  const command = new Command(name).exitOverride().configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter.type === "positional") command.addArgument(argumentOf(parameter));
    else command.addOption(optionOf(name, parameter));
  }
  return command;
}

function argumentOf({ valueHint, description, required, isMany }: Place): Argument {
  const name = `${valueHint}${isMany ? "..." : ""}`;
  return new Argument(required ? `<${name}>` : `[${name}]`, description);
}

function optionOf(name: string, parameter: Exclude<Parameter, Place>): Option {
  const { type, description } = parameter;
  if (type === "boolean") return new Option(`--${name}`, description);
  const option = new Option(`--${name} <${type === "enum" ? "CHOICE" : parameter.valueHint}>`, description);
  if (parameter.default !== undefined) option.default(parameter.default);
  if (type === "enum" && parameter.meanings === undefined) option.choices(parameter.options);
  const isMany = type === "string" && parameter.isMany === true;
  return option.argParser((value: string, before: unknown) => {
    // An option in the place of a value is not a value.
    if (value.startsWith("--")) throw new UsageError(`--${name} needs a value`);
    if (type === "enum" && !parameter.options.includes(value)) {
      throw new UsageError(`--${name} must be one of ${parameter.options.join(", ")}, got "${value}"`);
    }
    return isMany ? [...((before as string[] | undefined) ?? []), value] : value;
  });
}

function parsedBy(command: Command, words: readonly string[]): { operands: string[]; unknown: string[] } {
  try {
    return command.parseOptions([...words]);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError) || thrown.code !== "commander.optionMissingArgument") throw thrown;
    // It is the last word: a value would have followed any other.
    throw new UsageError(`${words.at(-1)} needs a value`);
  }
}

function unknownOption(word: string, parameters: Parameters): UsageError {
  const [name = ""] = word.replace(/^-+/, "").split("=");
  if (parameters[name]?.type === "boolean") return new UsageError(`--${name} takes no value`);
  const dashes = word.startsWith("--") ? "--" : "-";
  return new UsageError(`unknown option ${dashes}${name}: ${hintFor(name, parameters)}`);
}

function hintFor(name: string, parameters: Parameters): string {
  const known = Object.keys(parameters).filter((one) => parameters[one]?.type !== "positional");
  const near = closest(name, known);
  if (near !== undefined) return `did you mean --${near}?`;
  const setting = known.includes("config") ? settingLike(name) : undefined;
  return setting === undefined ? "see --help" : `did you mean --set ${setting}=VALUE?`;
}

function missing(name: string, { type, description, ...rest }: Parameter): UsageError {
  const hint = "valueHint" in rest ? rest.valueHint : "";
  const what = type === "positional" ? hint : `--${name} ${hint}`;
  return new UsageError(`${what} is missing: ${description}`);
}
