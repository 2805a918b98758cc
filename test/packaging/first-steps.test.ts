import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NODES, nodeOf } from "../../scripts/nodes.mjs";
import { ROOT, readGuides } from "../docs/guides.js";
import { type PackedProject, packedProject } from "../support/packed-project.js";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const execute = promisify(execFile);

function programOf(path: string): string {
  return readGuides().find((guide) => guide.path === path)?.code ?? "";
}

/** What a program printed as its accuracy. */
function accuracyIn(stdout: string): number {
  return Number(/^accuracy (\S+)/m.exec(stdout)?.[1]);
}

describe("the first programs in a project that npm init -y made", () => {
  let project: PackedProject;
  let run: (node: string, file: string) => Promise<string>;
  beforeAll(async () => {
    project = await packedProject({ init: true });
    run = async (node, file) => {
      // What a program packs, it packs once.
      await rm(join(project.folder, "recordings"), { recursive: true, force: true });
      return (await execute(node, [file], { cwd: project.folder })).stdout;
    };
    await writeFile(join(project.folder, "gestures.mjs"), programOf("README.md"));
    await writeFile(join(project.folder, "sensor.mts"), programOf("docs/learn/your-data.md"));
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it("README's program recognises nine of ten gestures", async () => {
    expect(accuracyIn(await run(process.execPath, "gestures.mjs"))).toBeGreaterThanOrEqual(0.9);
  });

  it("that of own data compiles by the settings of tsc --init, and runs", async () => {
    const tsc = (...args: string[]) => execute(process.execPath, [TSC, ...args], { cwd: project.folder });
    await tsc("--init");
    expect((await tsc("--outDir", "built")).stdout).toBe("");
    expect(accuracyIn(await run(process.execPath, "built/sensor.mjs"))).toBeGreaterThanOrEqual(0.9);
  });

  for (const version of NODES) {
    const node = nodeOf(version) ?? "";
    it.skipIf(node === "")(
      `Node ${version} runs them (needs node scripts/install-for-tests.mjs)`,
      async () => {
        // Types are stripped from Node 22.18 on.
        const file = version.startsWith("20") ? "built/sensor.mjs" : "sensor.mts";
        expect(accuracyIn(await run(node, file))).toBeGreaterThanOrEqual(0.9);
        const cli = "node_modules/spikelet/dist/cli/main.js";
        const { stdout } = await execute(node, [cli, "info", "--json"], { cwd: project.folder });
        expect(JSON.parse(stdout)).toMatchObject({ backend: { kind: "native" } });
      },
      180_000,
    );
  }
});
