import { SpikeletError } from "spikelet";
import { describe, expect, it } from "vitest";
import { mutated } from "../support/mutations.js";
import { damagedFiles, PARSERS, type Parser } from "./parsers.js";

/** Damaged copies of each file; more by hand: SPIKELET_DAMAGED=5000 npx vitest run test/damage. */
const COPIES = Number(process.env["SPIKELET_DAMAGED"] ?? 60);

/** What a parser makes of a file: `"read"`, `"refused"`, or what it must never do. */
async function outcome({ parse }: Parser, bytes: Uint8Array): Promise<string> {
  try {
    await parse(bytes);
    return "read";
  } catch (thrown) {
    return thrown instanceof SpikeletError && thrown.code === "DATA_FORMAT" ? "refused" : String(thrown);
  }
}

describe.each(PARSERS)("damaged files: $name", (parser) => {
  it(
    "are read or refused, and a whole file is read after them",
    async () => {
      for (const bytes of await parser.files()) {
        const seen = new Map<string, number[]>([
          ["read", []],
          ["refused", []],
        ]);
        for (let seed = 1; seed <= COPIES; seed++) {
          const what = await outcome(parser, mutated(bytes, seed));
          seen.set(what, [...(seen.get(what) ?? []), seed]);
        }
        expect([...seen.keys()]).toEqual(["read", "refused"]);
        expect(seen.get("refused")?.length).toBeGreaterThan(COPIES / 4);
        expect(await outcome(parser, bytes)).toBe("read");
      }
    },
    60_000 + 100 * COPIES,
  );
});

const DAMAGED = [...(await damagedFiles())];
/** Damaged files of one parser. */
const damagedOf = ({ name }: Parser) => DAMAGED.filter(([file]) => file.startsWith(`${name}/`));
const CORPORA = PARSERS.filter((parser) => damagedOf(parser).length > 0);

it.each(CORPORA)("damaged files that once did harm are refused: $name", async (parser) => {
  for (const [name, bytes] of damagedOf(parser)) {
    expect([name, await outcome(parser, bytes)]).toEqual([name, "refused"]);
  }
});
