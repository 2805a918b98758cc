import { readFileSync } from "node:fs";
import { ERROR_CODES, WARNING_CODES } from "spikelet";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("docs/guides/troubleshooting.md", () => {
  const guide = read("docs/guides/troubleshooting.md");

  it("explains every warning and every error", () => {
    const [warnings = "", errors = ""] = guide.split("\n## Errors\n");
    const codesIn = (text: string) => [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(codesIn(warnings)).toEqual([...WARNING_CODES]);
    expect(codesIn(errors).sort()).toEqual([...ERROR_CODES].sort());
  });

  it("and the advice name settings that exist", () => {
    const advice = read("ts/health/advice.ts").replaceAll("\\`", "`");
    const pathsIn = (text: string) =>
      [...text.matchAll(/`((?:network|rule|loss|regularizers|optimizer|training)\.[A-Za-z.]+)[`:]/g)].map(([, path]) => path);
    const paths = new Set([...pathsIn(guide), ...pathsIn(advice)]);
    expect(paths.size).toBeGreaterThan(15);
    expect([...paths].filter((path) => !isSetting(path ?? ""))).toEqual([]);
  });
});

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

const SCHEMA = JSON.parse(read("spikelet.schema.json")) as Schema;

/** Whether the published schema has a field of this path. */
function isSetting(path: string): boolean {
  let places: Schema[] = [SCHEMA];
  for (const key of path.split(".")) {
    places = places.flatMap(forms).flatMap(({ properties }) => properties?.[key] ?? []);
  }
  return places.length > 0;
}

/** A schema with everything that it may stand for. */
function forms(schema: Schema): Schema[] {
  const referred = schema.$ref === undefined ? undefined : SCHEMA.$defs?.[schema.$ref.replace("#/$defs/", "")];
  return [schema, ...(referred ? forms(referred) : []), ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(forms)];
}
