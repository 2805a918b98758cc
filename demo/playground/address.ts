import { ARITHMETIC } from "spikelet";
import { read, written } from "./drawn.js";
import { DEFAULTS, FIELDS, type Field, type FieldName, LOSSES, type Settings } from "./settings.js";

/** What an address says. */
export interface Address {
  settings: Settings;
  /** First letters of the SHA-256 that the network of the sender had after its last epoch. */
  digest: string | undefined;
  /** Whether nothing moves until the visitor starts it. */
  isPaused: boolean;
  /** Whether the page is a part of another one. */
  isEmbedded: boolean;
  /** What is wrong with the address, one sentence each. */
  faults: string[];
}

const NAMES = Object.keys(FIELDS) as FieldName[];
const FLAGS = ["paused", "embed"];
/** Letters of a digest in an address. */
const DIGEST_LETTERS = 16;

/** The part of an address behind `#` that gives everybody the same network; with a digest, the reader's page compares its own. */
export function addressOf(settings: Settings, digest?: string): string {
  const parts = new URLSearchParams(NAMES.map((name) => [name, String(settings[name])]));
  if (settings.drawn.length > 0) parts.set("drawn", written(settings.drawn));
  parts.set("arithmetic", String(ARITHMETIC));
  if (digest !== undefined) parts.set("sha256", digest.slice(0, DIGEST_LETTERS));
  return parts.toString();
}

/**
 * Reads what stands behind `?` and `#`, where a single word is a place of the page. What is damaged is said, and has its default
 * instead.
 */
export function readAddress(search: string, hash: string): Address {
  const isPlace = /^#[\w-]*$/.test(hash) && !FLAGS.includes(hash.slice(1));
  const behind = new URLSearchParams(isPlace ? "" : hash.slice(1));
  const parts = new URLSearchParams([...new URLSearchParams(search.slice(1)), ...behind]);
  const faults: string[] = [];
  const said = (name: string, text: string, fault: string, instead: string) =>
    faults.push(`The address says ${name}=${text.length > 24 ? `${text.slice(0, 23)}…` : text}, but ${fault}. ${instead}`);
  const settings: Settings = { ...DEFAULTS };
  for (const name of NAMES) {
    const text = parts.get(name);
    if (text === null) continue;
    const { value, fault } = valueIn(FIELDS[name], text);
    if (value === undefined) said(name, text, `${name} must be ${fault}`, `It is ${DEFAULTS[name]} here.`);
    else Object.assign(settings, { [name]: value });
  }
  const drawn = parts.get("drawn");
  if (drawn !== null) {
    try {
      settings.drawn = read(drawn);
    } catch (thrown) {
      said("drawn", drawn, `the list of points ${thrown instanceof Error ? thrown.message : thrown}`, "No point is drawn here.");
    }
  }
  const losses = LOSSES[settings.rule];
  if (!losses.includes(settings.loss)) {
    const [best = DEFAULTS.loss] = losses;
    if (parts.has("loss")) said("loss", settings.loss, `the rule ${settings.rule} has no gradient for it`, `It is ${best} here.`);
    settings.loss = best;
  }
  const arithmetic = parts.get("arithmetic");
  if (arithmetic !== null && arithmetic !== String(ARITHMETIC)) {
    said(
      "arithmetic",
      arithmetic,
      `this page computes with arithmetic ${ARITHMETIC}`,
      "The network will have other bits than its sender's.",
    );
  }
  const digest = parts.get("sha256") ?? undefined;
  if (digest !== undefined && !/^[0-9a-f]{8,64}$/.test(digest))
    said("sha256", digest, "that is no part of a digest", "Nothing is compared.");
  const known = [...NAMES, ...FLAGS, "drawn", "arithmetic", "sha256"];
  for (const name of new Set(parts.keys())) {
    if (!known.includes(name)) faults.push(`The address has a part “${name.slice(0, 24)}”, which this page does not know.`);
  }
  return {
    settings,
    digest: /^[0-9a-f]{8,64}$/.test(digest ?? "") ? digest : undefined,
    isPaused: parts.has("paused"),
    isEmbedded: parts.has("embed"),
    faults,
  };
}

/** The nearest number that a field allows. */
export function fitting({ max, min, step }: Extract<Field, { kind: "number" }>, value: number): number {
  const steps = Math.round((Math.min(max, Math.max(min, value)) - min) / step);
  return Number((min + steps * step).toFixed(6));
}

function valueIn(field: Field, text: string): { value?: string | number; fault: string } {
  if (field.kind === "choice") {
    const words = Object.keys(field.options);
    return words.includes(text) ? { value: text, fault: "" } : { fault: `one of ${words.join(", ")}` };
  }
  const { max, min, step } = field;
  const value = Number(text);
  if (text.trim() !== "" && fitting(field, value) === value) return { value, fault: "" };
  return { fault: `a number from ${min} to ${max} in steps of ${step}` };
}
