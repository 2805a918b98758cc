import { isObject } from "../../json.js";
import type { RunError } from "../../sweep/record.js";
import type { Run } from "../../sweep/runs.js";
import type { WorkOptions } from "./execute.js";

/** What a process of the pool is told, a line of JSON each: first how to work, then one run after the other. */
export type Order = { options: WorkOptions } | { run: Run };

/** What it answers, a line of JSON each. Records are in the folder, so that they are not part of an answer. */
export type Answer =
  /** It takes runs now. */
  | { type: "ready" }
  /** The record of the run is in its place. */
  | { type: "recorded"; id: string }
  /** Nothing can be recorded, for this run or any other. */
  | { type: "failed"; error: RunError };

/** The descriptor that answers are written to: standard output is whatever libraries print. */
export const ANSWERS = 3;

/** Longer lines are no answers. */
const MAX_LINE = 65_536;

/** Text of a message. */
export function lineOf(message: Order | Answer): string {
  return `${JSON.stringify(message)}\n`;
}

/** Parts what comes in pieces into answers. */
export class AnswerReader {
  #rest = "";

  /** @throws {RangeError} for a line that is no answer. */
  *read(piece: string): Generator<Answer> {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) yield parsed(line);
    if (this.#rest.length > MAX_LINE) throw noAnswer(this.#rest);
  }
}

function parsed(line: string): Answer {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw noAnswer(line);
  }
  if (isObject(json)) {
    const { type, id, error } = json;
    if (type === "ready") return { type };
    if (type === "recorded" && typeof id === "string") return { type, id };
    if (type === "failed" && isObject(error) && typeof error["code"] === "string" && typeof error["message"] === "string") {
      return { type, error: { code: error["code"], path: String(error["path"] ?? ""), message: error["message"] } };
    }
  }
  throw noAnswer(line);
}

function noAnswer(line: string): RangeError {
  return new RangeError(`its process said what is no answer: ${JSON.stringify(line.slice(0, 60))}`);
}
