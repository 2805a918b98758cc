import { describe, expect, it } from "vitest";
import { fragmentOf, MAX_LETTERS, signsIn } from "../../demo/teach/address.js";
import { BitReader, BitWriter } from "../../demo/teach/bits.js";
import { Lesson, MAX_SIGNS, type SignContent } from "../../demo/teach/lesson.js";
import { coarse, PIXELS } from "../../demo/teach/levels.js";
import { STARTERS } from "../../demo/teach/starters.js";

/** A drawing of strokes that are a few pixels wide, another one for each seed. */
function drawingOf(seed: number): Uint8Array {
  return coarse(Uint8Array.from({ length: PIXELS }, (_, k) => Math.max(0, 255 - 40 * Math.abs(((k * (seed + 3)) % 29) - 4))));
}

const signs: readonly SignContent[] = [
  { name: "Sun ☀", drawings: [drawingOf(1), drawingOf(2)] },
  { name: "Ω", drawings: [new Uint8Array(PIXELS)] },
  { name: "Nothing yet", drawings: [] },
];

describe("symbols in the address of the demo page", () => {
  it("come back as they were, in letters that an address may hold", () => {
    const fragment = fragmentOf(signs) ?? "";
    expect(fragment).toMatch(/^#symbols=[\w-]+$/);
    expect(signsIn(fragment)).toEqual(signs);
    expect(signsIn(fragmentOf([]) ?? "")).toEqual([]);
  });

  it("are few letters for a stroke or two", () => {
    expect(STARTERS.map(({ drawings }) => drawings.length)).toEqual([1, 1]);
    expect(fragmentOf(STARTERS)?.length).toBeLessThan(300);
  });

  it("are left out where they are too many", () => {
    const many = (drawings: number) => [{ name: "x", drawings: Array.from({ length: drawings }, (_, k) => drawingOf(k)) }];
    expect(fragmentOf(many(127))).toBeUndefined();
    expect(fragmentOf([{ name: "x", drawings: new Array<Uint8Array>(128).fill(new Uint8Array(PIXELS)) }])).toBeUndefined();
    const full = Array.from({ length: MAX_SIGNS }, (_, k) => ({ name: `Symbol ${k}`, drawings: [drawingOf(k)] }));
    expect(signsIn(fragmentOf(full) ?? "")).toEqual(full);
  });

  it("are none in an address of something else", () => {
    for (const fragment of ["", "#", "#drawing", "#symbol=abc"]) expect(signsIn(fragment)).toBeUndefined();
  });

  it("are refused wherever a letter is lost, added or changed", () => {
    const fragment = fragmentOf(STARTERS) ?? "";
    const start = "#symbols=".length;
    for (let at = start; at < fragment.length; at++) {
      const other = fragment[at] === "A" ? "B" : "A";
      const lost = fragment.slice(0, at);
      const changed = `${lost}${other}${fragment.slice(at + 1)}`;
      expect(() => signsIn(lost), `cut off at ${at}`).toThrow(/cut off or changed/);
      // The last letter may hold bits that nobody reads.
      if (at < fragment.length - 1) expect(() => signsIn(changed), `another letter at ${at}`).toThrow(/cut off or changed/);
    }
    for (const more of ["A", "AAAA", "%20", "é"]) expect(() => signsIn(fragment + more)).toThrow(/cut off or changed/);
  });

  /** A fragment of bits, with the checksum of a true one. */
  function forged(write: (bits: BitWriter) => void): string {
    const bits = new BitWriter();
    write(bits);
    let [sum, sums] = [1, 0];
    for (const byte of bits.bytes) {
      sum = (sum + byte) % 255;
      sums = (sums + sum) % 255;
    }
    const text = btoa(String.fromCharCode(sum, sums, ...bits.bytes));
    return `#symbols=${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  }

  /** Writes numbers of so many bits each. */
  const numbers =
    (...all: readonly (readonly [value: number, count: number])[]) =>
    (bits: BitWriter) => {
      for (const [value, count] of all) bits.put(value, count);
    };
  const version = [1, 8] as const;
  const name = [
    [1, 7],
    [65, 8],
  ] as const;

  it.each([
    ["of another version", numbers([2, 8], [0, 4])],
    ["of 13 symbols", numbers(version, [13, 4])],
    ["of fewer symbols than it says", numbers(version, [2, 4], ...name, [0, 7])],
    ["of more than it says", numbers(version, [0, 4], [1, 30])],
    ["without a name", numbers(version, [1, 4], [0, 7], [0, 7])],
    ["with a name that is no text", numbers(version, [1, 4], [1, 7], [0xff, 8], [0, 7])],
    ["with a name of 21 letters", numbers(version, [1, 4], [21, 7], ...new Array(21).fill([65, 8]), [0, 7])],
    ["with half a drawing", numbers(version, [1, 4], ...name, [1, 7], [0, 2], [0, 3], [15, 4])],
    ["with more than a drawing", numbers(version, [1, 4], ...name, [1, 7], [0, 2], [0, 9], [PIXELS + 1, 10])],
    ["with an endless run", numbers(version, [1, 4], ...name, [1, 7], [0, 2], [0, 30], [1, 30])],
  ])("are refused in an address %s", (_, write) => {
    expect(() => signsIn(forged(write))).toThrow("The symbols in this address can't be read: it was cut off or changed");
  });

  it("are refused in an address that is too long", () => {
    expect(() => signsIn(`#symbols=${"A".repeat(MAX_LETTERS)}`)).toThrow(/cut off or changed/);
  });
});

describe("numbers of some bits", () => {
  it("come back as they were written", () => {
    const writer = new BitWriter();
    const numbers = [1, 2, 3, 28, 783, 784, 65_535];
    for (const number of numbers) writer.gamma(number);
    writer.put(5, 3);
    const reader = new BitReader(writer.bytes);
    expect(numbers.map(() => reader.gamma())).toEqual(numbers);
    expect(reader.take(3)).toBe(5);
    expect(reader.isAtEnd).toBe(true);
    expect(() => reader.take(1)).toThrow("the bytes end too early");
  });
});

describe("a lesson of the demo page", () => {
  const first = drawingOf(1);

  it("keeps drawings, one more stroke in place of the drawing before, and undoes it as one", () => {
    let changes = 0;
    const lesson = new Lesson(STARTERS, () => {
      changes += 1;
    });
    const [bolt] = lesson.signs;
    lesson.keep(bolt?.id ?? -1, first);
    const more = drawingOf(2);
    lesson.redraw(first, more);
    expect(lesson.signs[0]?.drawings).toEqual([bolt?.drawings[0], more]);
    expect([lesson.has(more), lesson.has(first)]).toEqual([true, false]);
    lesson.undo();
    expect(lesson.signs[0]).toBe(bolt);
    expect(lesson.canUndo).toBe(false);
    expect(changes).toBe(3);
  });

  it("adds symbols of a name that is free, up to a number, and learns those that were drawn", () => {
    const lesson = new Lesson(STARTERS, () => {});
    lesson.rename(lesson.signs[1]?.id ?? -1, "Symbol 3");
    expect(lesson.add()).toBeDefined();
    const id = lesson.add(first);
    expect(lesson.signs.map(({ name }) => name)).toEqual([STARTERS[0]?.name, "Symbol 3", "Symbol 4", "Symbol 5"]);
    expect(lesson.drawn.map(({ name }) => name)).toEqual([STARTERS[0]?.name, "Symbol 3", "Symbol 5"]);
    lesson.remove(id ?? -1);
    while (lesson.canAdd) lesson.add();
    expect(lesson.signs).toHaveLength(MAX_SIGNS);
    expect(lesson.add(first)).toBeUndefined();
    while (lesson.canUndo) lesson.undo();
    expect(lesson.signs.map(({ name }) => name)).toEqual(STARTERS.map(({ name }) => name));
  });

  it("takes over the symbols of a file, with names and in few grey values", () => {
    const lesson = new Lesson(STARTERS, () => {});
    lesson.replace([{ name: " ", drawings: [Uint8Array.from({ length: PIXELS }, (_, k) => k % 256)] }]);
    expect(lesson.signs[0]?.name).toBe("Symbol 1");
    expect(new Set(lesson.signs[0]?.drawings[0])).toEqual(new Set([0, 85, 170, 255]));
    lesson.undo();
    expect(lesson.signs).toHaveLength(2);
  });
});
