import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { crateOf } from "../../scripts/wasm-sizes.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function size(...words: string[]) {
  return spawnSync(process.execPath, ["scripts/size.mjs", ...words], { cwd: ROOT, encoding: "utf8" });
}

interface Report {
  bytes: number;
  gzipped: number;
  crates: { name: string; functions: number; bytes: number }[];
  others: { name: string; bytes: number }[];
}

describe("npm run size", () => {
  it("accounts for every byte of the WebAssembly", () => {
    const { status, stdout, stderr } = size("--json");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { bytes, gzipped, crates, others } = JSON.parse(stdout) as Report;
    expect([...crates, ...others].reduce((sum, part) => sum + part.bytes, 0)).toBe(bytes);
    expect(gzipped).toBeLessThan(bytes);
    const names = crates.map(({ name }) => name);
    expect(names).toContain("spikelet_training");
    expect(names).toContain("spikelet_kernels");
    expect(crates.find(({ name }) => name === "others")?.bytes ?? 0).toBeLessThan(0.01 * bytes);
  });

  it("fails above the limit and shows what is large", () => {
    const { status, stdout, stderr } = size("--limit", "100000");
    expect(status).toBe(1);
    expect(stderr).toContain("more than 100.0 kB");
    expect(stdout).toMatch(/^spikelet_network +\d+\.\d kB +\d+\.\d % {2}\d+ functions$/m);
  });

  it.each([
    ["spikelet_training::rule::sweep::backward::h21dfa0ddc28987e9", "spikelet_training"],
    ["<spikelet_encode::encoding::Encoding as serde_core::de::Deserialize>::deserialize::h9964d291cdcaa7f5", "spikelet_encode"],
    ["<&mut serde_json::de::Deserializer<R> as serde_core::de::Deserializer>::deserialize_seq", "serde_json"],
    ["<T as alloc::slice::hack::ConvertVec>::to_vec", "alloc"],
    ["<[T] as core::fmt::Debug>::fmt", "core"],
    ["<&T as core::fmt::Debug>::fmt", "core"],
    ["char::methods::<impl char>::escape_debug_ext", "core"],
    ["wasmsession_advance", "spikelet_wasm"],
    ["core[c5930c85a12de822]::str::slice_error_fail_rt", "core"],
    ["<char>::escape_debug_ext", "core"],
    ["__rust_alloc", "compiler_builtins"],
  ])("counts %s for %s", (name, crate) => expect(crateOf(name)).toBe(crate));
});
