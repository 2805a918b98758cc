import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const RECORD = join(import.meta.dirname, "record.json");
/** Order of the columns. */
const ORDER = ["Node 20", "Node 22", "Node 24", "Bun", "Deno", "Chromium", "Firefox", "WebKitGTK"];

/** What ran where. */
export interface Tried {
  spikelet: string;
  places: Place[];
  pages: TriedPage[];
}

/** A runtime or a browser, and when it was tried last. */
export interface Place {
  name: string;
  version: string;
  date: string;
}

/** One page: its program and its commands, by the name of the place; what was not tried there is missing. */
export interface TriedPage {
  path: string;
  /** Blocks of TypeScript that are its program; 0 where it has none. */
  blocks: number;
  /** `true`, or why it can't run there. */
  program: Record<string, true | string>;
  /** How many commands it has, and how many of them ran. */
  commands: number;
  ran: Record<string, number>;
}

/** The record of the runs that were to be kept. */
export const readTried = (): Tried => JSON.parse(readFileSync(RECORD, "utf8"));

/** Keeps what a run found, where the environment asks for it, in place of what was found in the same places before. */
export function keepTried(found: Pick<Tried, "places" | "pages">): void {
  if (process.env["SPIKELET_TRIED"] === undefined) return;
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  const before: Tried = existsSync(RECORD) ? readTried() : { spikelet: version, places: [], pages: [] };
  writeFileSync(RECORD, `${JSON.stringify({ ...merged(before, found), spikelet: version }, null, 2)}\n`);
}

function merged(before: Tried, { places, pages }: Pick<Tried, "places" | "pages">): Omit<Tried, "spikelet"> {
  const isNew = (name: string) => places.some((place) => place.name === name);
  const others = before.places.filter(({ name }) => !isNew(name));
  const left = <T>(found: Record<string, T> = {}) => Object.fromEntries(Object.entries(found).filter(([name]) => !isNew(name)));
  return {
    places: [...others, ...places].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name)),
    pages: pages.map((page) => {
      const old = before.pages.find(({ path }) => path === page.path);
      return { ...page, program: { ...left(old?.program), ...page.program }, ran: { ...left(old?.ran), ...page.ran } };
    }),
  };
}

/** The record as a table in Markdown: the number of blocks or commands that ran, or the letter of a reason; then the reasons. */
export function tableOf({ places, pages }: Tried): string {
  const reasons = [...new Set(pages.flatMap(({ program }) => Object.values(program)).filter((found) => found !== true))];
  const letterOf = (why: string) => String.fromCharCode(97 + reasons.indexOf(why));
  const row = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rows = pages.flatMap(({ path, blocks, program, commands, ran }) => {
    const programs = places.map(({ name }) => {
      const found = program[name];
      return found === undefined ? "–" : found === true ? blocks : letterOf(found);
    });
    const counts = places.map(({ name }) => ran[name] ?? "–");
    return [
      ...(blocks > 0 ? [row([`\`${path}\`, ${blocks} of TypeScript`, ...programs])] : []),
      ...(commands > 0 ? [row([`\`${path}\`, ${commands} of commands`, ...counts])] : []),
    ];
  });
  return [
    row(["page, blocks", ...places.map(({ name, version }) => `${name.replace(/ \d+$/, "")} ${version}`)]),
    `|---|${"---:|".repeat(places.length)}`,
    ...rows,
    "",
    ...reasons.map((why) => `- ${letterOf(why)}: ${why}.`),
  ].join("\n");
}
