import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import lock from "../../package-lock.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LICENCES = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Unlicense"];

interface Locked {
  version?: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
}

const installed = Object.entries(lock.packages as Record<string, Locked>).filter(([path]) => path.startsWith("node_modules/"));

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
    const roots = globSync("crates/*/src/{lib,main}.rs", { cwd: ROOT });
    expect(roots.length).toBeGreaterThanOrEqual(5);
    for (const file of roots) expect(readFileSync(`${ROOT}/${file}`, "utf8"), file).toContain("#![forbid(unsafe_code)]");
    const bindings = globSync("bindings/*/src/**/*.rs", { cwd: ROOT });
    expect(bindings.length).toBeGreaterThan(5);
    for (const file of bindings) expect(readFileSync(`${ROOT}/${file}`, "utf8"), file).not.toMatch(/\bunsafe\b/);
  });
});
