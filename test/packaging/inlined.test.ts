import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const LEVELS: Record<string, string> = { x64: "avx2", arm64: "neon" };
const level = LEVELS[process.arch];
const folder = fileURLToPath(new URL("../../bindings/node/", import.meta.url));

it.skipIf(process.platform !== "linux" || level === undefined)(
  "the addon calls no vector operation that ought to be inlined",
  () => {
    const file = readdirSync(folder).find((name) => name.startsWith(`spikelet.linux-${process.arch}`));
    const symbols = readFileSync(`${folder}${file}`, "latin1");
    expect(symbols).toContain(`vectorize_${level}`);
    expect(symbols).not.toContain("__fearless_simd_kernel");
  },
);
