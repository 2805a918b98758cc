import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { builtDeclarations, extensionOf } from "../../scripts/wasm-declarations.mjs";

it.each(Object.entries(builtDeclarations()))("the declarations in %s are those of the build", async (file, built) => {
  expect(await readFile(new URL(`../../ts/runtime/${file}`, import.meta.url), "utf8")).toBe(built);
});

describe("declarations of a module that has all exports of another", () => {
  const plain = `/* eslint-disable */

export class Session {
    free(): void;
}

/**
 * Makes it.
 */
export function make(): Session;

export interface Output {
    readonly memory: Memory;
    readonly make: () => number;
    readonly start: () => void;
}

export type Source = URL;

export default function init (source: Source): Output;
`;

  it("are what it has beside the other, and what is different", () => {
    const more = plain
      .replace("/**", "export function lend(): void;\n\n/**")
      .replace("    readonly memory: Memory;\n", "")
      .replace(
        "readonly start: () => void;",
        "readonly memory: Memory;\n    readonly lend: () => void;\n    readonly start: (a: number) => void;",
      )
      .replace("(source: Source)", "(source: Source, memory: Memory)");
    expect(extensionOf(plain, more)).toBe(`import type * as plain from "./wasm-binding.js";
import type { Source } from "./wasm-binding.js";

export * from "./wasm-binding.js";

export function lend(): void;

export interface Output extends Omit<plain.Output, "start"> {
    readonly lend: () => void;
    readonly start: (a: number) => void;
}

export default function init (source: Source, memory: Memory): Output;
`);
  });

  it("are refused where it lacks one", () => {
    expect(() => extensionOf(plain, plain.replace("make()", "build()"))).toThrow("lacks make");
  });
});
