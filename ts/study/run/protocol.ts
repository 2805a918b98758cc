import { ERROR_CODES, type ErrorCode } from "../../generated/errors.js";
import { isObject, type JsonObject } from "../../json.js";
import type { Run } from "./runs.js";
import type { EpochProgress } from "./train.js";

/**
 * A message to a process of the pool, one line of JSON: first its options, then one run after the other, each with the place of its
 * lease.
 */
export type Order = { options: object } | { run: Run; place: string };

/** An answer of a process of the pool, one line of JSON. Records are in the folder, not in the answers. */
export type Answer =
  /** The process takes runs now. */
  | { type: "ready" }
  /** The run at hand has learnt for another epoch. */
  | { type: "epoch"; id: string; epoch: EpochProgress }
  /** The run has ended; its record is in its place, unless another process has taken over the run. */
  | { type: "recorded"; id: string }
  /** Nothing can be recorded, for this run or any other. */
  | { type: "failed"; failure: Failure };

/** A failure as a value. */
export interface Failure {
  code: ErrorCode;
  path: string;
  reason: string;
}

/** The descriptor that answers are written to: standard output is whatever libraries print. */
export const ANSWERS = 3;

/** Characters of an answer at most. */
const MAX_LINE = 65_536;

/** Text of a message. */
export function lineOf(message: Order | Answer): string {
  return `${JSON.stringify(message)}\n`;
}

/** Reads answers from pieces of the output of a process. */
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
    const { type, id, failure, epoch } = json;
    if (type === "ready") return { type };
    if (type === "recorded" && typeof id === "string") return { type, id };
    if (type === "epoch" && typeof id === "string" && isProgress(epoch)) return { type, id, epoch };
    if (type === "failed" && isFailure(failure)) return { type, failure };
  }
  throw noAnswer(line);
}

function isProgress(epoch: unknown): epoch is JsonObject & EpochProgress {
  if (!isObject(epoch)) return false;
  return ["epoch", "epochs", "loss"].every((name) => typeof epoch[name] === "number") && isObject(epoch["accuracy"]);
}

function isFailure(failure: unknown): failure is JsonObject & Failure {
  if (!isObject(failure)) return false;
  const { code, path, reason } = failure;
  return ERROR_CODES.some((one) => one === code) && typeof path === "string" && typeof reason === "string";
}

function noAnswer(line: string): RangeError {
  return new RangeError(`its process said what is no answer: ${JSON.stringify(line.slice(0, 60))}`);
}
