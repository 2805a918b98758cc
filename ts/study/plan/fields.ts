import { SpikeletError } from "../../errors.js";
import { isObject, type Json, type JsonObject } from "../../json.js";

/**
 * Reads the fields of an object and names the path of what is planError.
 *
 * No library of schemas: what a plan promises is one sentence for one field, `settings["optimizer.learningRate"].from: must be above 0 on a log
 * scale, got 0`, with limits that depend on other fields and defaults that follow from the configuration. With zod or ajv these would still be
 * checks of our own, and their messages would have to be written anew.
 */
export class Fields {
  readonly path: string;
  readonly #object: JsonObject;

  constructor(value: Json | undefined, path: string) {
    if (!isObject(value)) throw planError(path, `must be an object, got ${literal(value)}`);
    this.path = path;
    this.#object = value;
  }

  /** Refuses every field that is not among these. */
  only(...names: string[]): this {
    for (const name of Object.keys(this.#object)) {
      if (!names.includes(name)) throw planError(this.at(name), `is unknown: there are ${names.join(", ")}`);
    }
    return this;
  }

  at(name: string): string {
    return within(this.path, name);
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  value(name: string): Json | undefined {
    return this.#object[name];
  }

  entries(): [string, Json][] {
    return Object.entries(this.#object);
  }

  object(name: string): Fields {
    return new Fields(this.#object[name], this.at(name));
  }

  text(name: string, otherwise?: string): string {
    const value = this.#object[name] ?? otherwise;
    if (typeof value !== "string" || value === "") throw planError(this.at(name), `must be a text, got ${literal(value)}`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#object[name] ?? false;
    if (typeof value !== "boolean") throw planError(this.at(name), `must be true or false, got ${literal(value)}`);
    return value;
  }

  number(name: string): number {
    const value = this.#object[name];
    if (typeof value !== "number") throw planError(this.at(name), `must be a number, got ${literal(value)}`);
    return value;
  }

  whole(name: string, min: number, otherwise?: number): number {
    return wholeNumber(this.#object[name] ?? otherwise, this.at(name), min);
  }

  list(name: string): Json[] {
    const value = this.#object[name];
    if (!Array.isArray(value) || value.length === 0)
      throw planError(this.at(name), `must be a list with entries, got ${literal(value)}`);
    return value;
  }

  oneOf<Name extends string>(name: string, names: readonly Name[], otherwise?: Name): Name {
    const value = this.#object[name] ?? otherwise;
    const found = names.find((known) => known === value);
    if (found === undefined) throw planError(this.at(name), `must be one of ${names.join(", ")}, got ${literal(value)}`);
    return found;
  }
}

/** Seeds and counts end where a number of the core's ends. */
const MAX = 0xffff_ffff;

export function wholeNumber(value: Json | undefined, path: string, min: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= MAX) return value;
  throw planError(path, `must be a whole number from ${min} to ${MAX}, got ${literal(value)}`);
}

/** The path of a field; names that are paths themselves stand in brackets. */
export function within(path: string, name: string): string {
  if (!/^\w+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

export function planError(path: string, message: string): SpikeletError {
  return new SpikeletError("CONFIG_INVALID", path, message);
}

function literal(value: Json | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
