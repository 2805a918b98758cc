import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

it("npm pack refuses a package without WebAssembly", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spikelet-pack-"));
  try {
    for (const file of ["package.json", "scripts"]) await cp(join(ROOT, file), join(folder, file), { recursive: true });
    const pack = () =>
      spawnSync("npm", ["pack", "--dry-run"], { cwd: folder, encoding: "utf8", shell: process.platform === "win32" });
    const built = ["wasm/pkg/spikelet.js", "wasm/pkg/spikelet_bg.wasm", "wasm/pkg-threads/spikelet-threads.js"];
    const others = ["dist/index.js", "bindings/extras/pkg/spikelet-extras.wasm"];
    for (const file of [...others, ...built.map((name) => `bindings/${name}`)]) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), "");
    }
    const refused = pack();
    expect(refused.status).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain("spikelet-threads_bg.wasm missing: run npm run build first");
    await writeFile(join(folder, "bindings/wasm/pkg-threads/spikelet-threads_bg.wasm"), "");
    expect(pack().status).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
