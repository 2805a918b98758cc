import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { spikelet } from "../support/spawn-cli.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHORT = ["--rounds", "6", "--milliseconds", "1", "--json"];
const SMALL = ["--shape", "inputs=16", "--shape", "lanes=16", "--shape", "density=0.2"];

/** A new folder with a file in it. */
async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "spikelet-")), name);
  await writeFile(file, content);
  return file;
}

/** Sums the rows of each input; `last` is a statement behind the sums. */
const gather = (last = "") => `export function gather({ offsets, entries, q, gradient }, { inputs, steps, lanes }) {
  for (let input = 0; input < inputs; input++) {
    for (let k = offsets[input]; k < offsets[input + 1]; k++) {
      const row = ((entries[k] >>> 16) * steps + (entries[k] & 0xffff)) * lanes;
      for (let lane = 0; lane < lanes; lane++) gradient[input * lanes + lane] += q[row + lane];
    }
  }
  ${last}
}
`;

const text = (word: string) => [word.length, ...Buffer.from(word)];
const section = (kind: number, ...content: number[]) => [kind, content.length, ...content];
const [I32, F64, FUNCTION] = [0x7f, 0x7c, 0x60];

/** A WebAssembly module whose `allocate(bytes)` returns 1024, and whose kernel `surrogate` writes nothing. */
const IDLE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, 2, ...[FUNCTION, 1, I32, 1, I32], ...[FUNCTION, 6, I32, F64, F64, I32, I32, I32, 0]),
  ...section(3, 2, 0, 1),
  ...section(5, 1, 0, 1),
  ...section(7, 3, ...text("memory"), 2, 0, ...text("allocate"), 0, 0, ...text("surrogate"), 0, 1),
  ...section(10, 2, ...[5, 0, 0x41, 0x80, 0x08, 0x0b], ...[2, 0, 0x0b]),
);

describe("spikelet bench kernels", () => {
  it.each(["native", "wasm"])("measures a kernel beside its twin and the ceiling on %s", async (backend) => {
    const { code, json, stderr } = await spikelet([
      "bench",
      "kernels",
      "forward",
      "gather",
      "--backend",
      backend,
      ...SMALL,
      ...SHORT,
    ]);
    expect(code, stderr).toBe(0);
    const lines = json();
    const [ceiling] = lines.filter(({ type }) => type === "ceiling");
    expect(ceiling).toMatchObject({ threads: 1, level: expect.any(String) });
    const measured = lines.filter(({ type }) => type === "kernel");
    expect(new Set(measured.map(({ kernel }) => kernel))).toEqual(new Set(["forward", "gather"]));
    for (const line of measured) {
      const { median, low, high } = line["nanoseconds"] as Record<string, number>;
      expect([low, median, high]).toEqual([low, median, high].toSorted((a = 0, b = 0) => a - b));
      expect(line).toMatchObject({ backend, threads: 1 });
      if (line["way"] === "plain") expect(line["ratio"]).toMatchObject({ verdict: expect.any(String) });
      else
        expect(line["share"]).toMatchObject({ ofCeiling: expect.any(Number), bound: expect.stringMatching(/memory|arithmetic/) });
    }
    expect(measured.some(({ way }) => way === "plain")).toBe(true);
  });

  it("writes a record that a later run is compared with, and of which a page is made", async () => {
    const out = await fileWith("before.json", "");
    const words = ["bench", "kernels", "gather", ...SMALL, ...SHORT];
    expect((await spikelet([...words, "--out", out])).code).toBe(0);
    const record = JSON.parse(await readFile(out, "utf8"));
    expect(record).toMatchObject({
      type: "kernels",
      origin: { processor: expect.any(String), load: [expect.any(Number), expect.any(Number)] },
    });
    const again = await spikelet([...words, "--against", out]);
    const measured = again.json().filter(({ type }) => type === "kernel");
    for (const line of measured)
      expect(line["against"]).toMatchObject({ median: expect.any(Number), verdict: expect.any(String) });
    const page = join(out, "../page.html");
    const { code, json } = await spikelet(["bench", "report", out, out, "--out", page, "--json"]);
    expect(code).toBe(0);
    expect(json()).toEqual([{ file: page, records: 2 }]);
    expect(await readFile(page, "utf8")).toContain("Roofline");
  });

  it("measures two builds in turns", async () => {
    const { code, json, stderr } = await spikelet(["bench", "kernels", "gather", "--before", ROOT, ...SMALL, ...SHORT]);
    expect(code, stderr).toBe(0);
    const lines = json();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(line).toMatchObject({ type: "pair", kernel: "gather", ratio: { verdict: expect.any(String) } });
  });

  it("measures a kernel of one's own beside the library's", async () => {
    const own = await fileWith("own.mjs", gather());
    const { code, json, stderr } = await spikelet(["bench", "kernels", "gather", "--own", own, ...SMALL, ...SHORT]);
    expect(code, stderr).toBe(0);
    const line = json().find(({ way }) => way === "own.mjs");
    expect(line).toMatchObject({ kernel: "gather", ratio: { verdict: expect.any(String) } });
  });

  it("refuses a kernel of one's own that computes something else", async () => {
    const own = await fileWith("own.mjs", gather("gradient[5] += 1;"));
    const { code, json } = await spikelet(["bench", "kernels", "gather", "--own", own, ...SMALL, ...SHORT]);
    expect(code).toBe(1);
    expect(json().at(-1)).toMatchObject({
      type: "error",
      code: "DATA_FORMAT",
      path: "own gather",
      message: expect.stringContaining("gradient[5]"),
    });
  });

  it("takes kernels of one's own in WebAssembly", async () => {
    const own = await fileWith("own.wasm", IDLE);
    const words = ["bench", "kernels", "surrogate", "--own", own, "--shape", "units=16", ...SHORT];
    const refused = await spikelet(words);
    expect(refused.json().at(-1)).toMatchObject({ code: "DATA_FORMAT", message: expect.stringContaining("direct[0]") });
    // Whatever it computes is within so wide a bound.
    const { code, json } = await spikelet([...words, "--tolerance", "2"]);
    expect(code).toBe(0);
    expect(json().some(({ way }) => way === "own.wasm")).toBe(true);
  });

  it.each([
    [["gathr"], "did you mean gather?"],
    [["gather", "--shape", "width=3"], "none of these kernels has width"],
    [["gather", "--shape", "lanes=20"], "must be a multiple of 16"],
    [["gather", "--simd", "mmx"], "mmx"],
    [["gather", "--rounds", "5"], "--rounds"],
    [["gather", "--backend", "wasm", "--threads", "2"], "one thread"],
    [["gather", "--own", "nowhere.wasm"], "nowhere.wasm"],
    [["gather", "--against", join(ROOT, "package.json")], "must be a record"],
    [["gather", "--before", tmpdir()], "must be a built clone"],
  ])("refuses %j", async (words, named) => {
    const { code, stderr } = await spikelet(["bench", "kernels", ...words]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(named);
  });

  it("lists what there is", async () => {
    const { code, stdout } = await spikelet(["bench", "kernels", "--list"]);
    expect(code).toBe(0);
    expect(stdout).toContain("gather: ");
    expect(stdout).not.toContain("stream-read");
  });
});
