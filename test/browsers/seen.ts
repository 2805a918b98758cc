import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ARITHMETIC } from "../../ts/generated/arithmetic.js";

const RECORD = join(import.meta.dirname, "seen.json");

/** What is tried in each browser, in the order of the table. */
export const FEATURES = {
  playground: "Playground learns, to the network of Node",
  teach: "Teach learns a symbol and reads another one",
  listen: "Listen recognises two recordings",
  race: "Race trains three networks",
  offline: "the rooms without a network",
  training: "training, to the checkpoint of Node",
  threads: "the same in two workers that share memory",
} as const;

export type Feature = keyof typeof FEATURES;

/** A browser in which features were tried; those that it lacks are `false`, and those that were not tried are missing. */
export interface SeenBrowser {
  name: string;
  version: string;
  saw: Partial<Record<Feature, boolean>>;
}

export interface Seen {
  spikelet: string;
  /** Number of the arithmetic, which checkpoints state: with another one they have another digest. */
  arithmetic: number;
  date: string;
  /** SHA-256 that every browser gave, and Node: of the checkpoint of the training, and of the parameters of the playground. */
  digests: { training: string; playground: string };
  browsers: SeenBrowser[];
}

/** The record of the last run that was to be kept. */
export const readSeen = (): Seen => JSON.parse(readFileSync(RECORD, "utf8"));

/** Keeps what a run saw, where the environment asks for it: `SPIKELET_SEEN=1 npx vitest run test/browsers`. */
export function keepSeen(seen: Omit<Seen, "spikelet" | "arithmetic" | "date">): void {
  if (process.env["SPIKELET_SEEN"] === undefined) return;
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  const record: Seen = { spikelet: version, arithmetic: ARITHMETIC, date: new Date().toISOString().slice(0, 10), ...seen };
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record as a table in Markdown. */
export function tableOf({ browsers }: Seen): string {
  const mark = (saw: boolean | undefined) => (saw === undefined ? "–" : saw ? "works" : "not there");
  const rows = Object.entries(FEATURES).map(([feature, words]) => {
    return `| ${words} | ${browsers.map(({ saw }) => mark(saw[feature as Feature])).join(" | ")} |`;
  });
  return [
    `| | ${browsers.map(({ name, version }) => `${name} ${version}`).join(" | ")} |`,
    `|---|${"---|".repeat(browsers.length)}`,
    ...rows,
  ].join("\n");
}
