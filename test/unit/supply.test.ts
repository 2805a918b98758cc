import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LICENCES = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense"];

interface Locked {
  version?: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
}

const installed = Object.entries(lock.packages as Record<string, Locked>).filter(([path]) => path.startsWith("node_modules/"));

/** Rust sources of a folder's crates. */
function filesBelow(folder: string): string[] {
  const below = join(ROOT, folder);
  const files = readdirSync(below, { recursive: true, encoding: "utf8" }).map((file) => join(below, file));
  return files.filter((file) => /[\\/]src[\\/].*\.rs$/.test(file));
}

describe("what is built in", () => {
  it.each(["dependencies", "optionalDependencies", "devDependencies"] as const)("%s are exact versions", (kind) => {
    for (const [name, version] of Object.entries(manifest[kind])) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("every locked package has a checksum", () => {
    expect(installed.length).toBeGreaterThan(50);
    for (const [path, { integrity }] of installed) expect(integrity, path).toMatch(/^sha512-/);
  });

  it("every package that users install has a permissive licence", () => {
    for (const [path, { license, dev }] of installed) if (!dev) expect(LICENCES, path).toContain(license);
  });

  it("every crate forbids unsafe code, and the bindings write none", () => {
    const roots = filesBelow("crates").filter((file) => /src[\\/](lib|main)\.rs$/.test(file));
    expect(roots.length).toBeGreaterThanOrEqual(5);
    for (const file of roots) expect(readFileSync(file, "utf8"), file).toContain("#![forbid(unsafe_code)]");
    const bindings = filesBelow("bindings");
    expect(bindings.length).toBeGreaterThan(5);
    for (const file of bindings) expect(readFileSync(file, "utf8"), file).not.toMatch(/\bunsafe\b/);
  });
});
