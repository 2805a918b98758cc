import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { outcomeOf, type RunRecord } from "../../ts/study/store/record.js";

/** The merged records without what is of the machine alone. */
export function outcomes(dir: string): object[] {
  const lines = readFileSync(join(dir, "results.ndjson"), "utf8").trim().split("\n");
  return lines.map((line) => outcomeOf(JSON.parse(line) as RunRecord));
}

/** The names of all files, hidden ones too. */
export function everyFile(dir: string): string[] {
  return (readdirSync(dir, { recursive: true }) as string[]).sort();
}
