import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../docs/guides.js";
import { type PackedProject, packedProject } from "../support/packed-project.js";

/** Most bytes of all plots in a bundle, gzipped. */
const LIMIT = 21_000;

describe("spikelet/plot of the tarball", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject();
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it.each(["browser", "node"] as const)("is small in a bundle, and takes no other package: %s", async (platform) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: 'export * from "spikelet/plot";', resolveDir: project.folder },
      absWorkingDir: project.folder,
      bundle: true,
      minify: true,
      format: "esm",
      platform,
      logLevel: "error",
      write: false,
      metafile: true,
    });
    const files = Object.keys(metafile.inputs).filter((file) => file !== "<stdin>");
    expect(files.filter((file) => !file.startsWith("node_modules/spikelet/dist/"))).toEqual([]);
    const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
    console.log(`spikelet/plot for ${platform}: ${size} bytes`);
    expect(size).toBeGreaterThan(10_000);
    expect(size).toBeLessThanOrEqual(LIMIT);
  });

  it("has a limit that the guide tells", async () => {
    const guide = await readFile(join(ROOT, "docs/guides/browser.md"), "utf8");
    expect(guide).toContain(`| all of \`spikelet/plot\`, bundled by itself | ${LIMIT / 1000} kB |`);
  });

  it("draws where there is no document", async () => {
    const program = `import { seedSpread } from "spikelet/plot";
console.log(typeof document, seedSpread([{ series: "a", value: 1 }], { label: "loss" }).slice(0, 4));`;
    await writeFile(join(project.folder, "draw.mjs"), program);
    expect(await project.node(["draw.mjs"])).toBe("undefined <svg\n");
  });
});
