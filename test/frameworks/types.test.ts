// The declarations of every entry under the versions of TypeScript that they are for.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { type FrameworkProject, frameworkProject, inFrameworks } from "./project.js";

const execute = promisify(execFile);

/** Entries that a program imports, by their declarations. */
const ENTRIES = Object.entries(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).exports)
  .filter(([, target]) => typeof target === "object")
  .map(([path]) => path.replace(/^\./, "spikelet"));

const PROGRAM = `import { createTrainer, datasets, exportWeights, presets } from "spikelet";
import { recordMicrophone } from "spikelet/page";
import { spikeRaster } from "spikelet/plot";
${ENTRIES.map((entry, k) => `import * as entry${k} from "${entry}";`).join("\n")}
export const entries = [${ENTRIES.map((_, k) => `entry${k}`).join(", ")}];
export async function run(): Promise<string> {
  const trainer = await createTrainer(presets.toy);
  const prediction = await trainer.predict(datasets.fromSpikes({ spikes: [{ times: [1], units: [0] }], shape: [2] }));
  const { sound } = await recordMicrophone(1);
  const kept = new Blob([await trainer.checkpoint(), await exportWeights(trainer, { format: "npz" }), sound]);
  return spikeRaster(prediction, { sample: 0 }) + kept.size;
}
`;

const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
  lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable", "esnext.disposable"],
  target: "es2022",
};

describe.skipIf(!hasFrameworks())("a strict project (needs node scripts/install-for-tests.mjs)", () => {
  let project: FrameworkProject;
  beforeAll(async () => {
    const nodenext = { ...OPTIONS, module: "nodenext", moduleResolution: "nodenext" };
    const bundler = { ...OPTIONS, module: "esnext", moduleResolution: "bundler" };
    project = await frameworkProject({
      "strict.mts": PROGRAM,
      "nodenext.json": JSON.stringify({ compilerOptions: nodenext, files: ["strict.mts"] }),
      "bundler.json": JSON.stringify({ compilerOptions: bundler, files: ["strict.mts"] }),
    });
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  it.each(["5.4", "5.7", "5.9", "6", "7.0"])("compiles with TypeScript %s", async (version) => {
    const own = join(ROOT, "node_modules/typescript");
    const folder = version === "6" ? own : inFrameworks(`typescript-${version}`);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version).toMatch(new RegExp(`^${version}\\.`));
    const tsc = ["bin/tsc", "bin/tsc.js"].map((name) => join(folder, name)).find((path) => existsSync(path)) ?? "";
    for (const how of ["nodenext.json", "bundler.json"]) {
      const compiled = execute(process.execPath, [tsc, "-p", how], { cwd: project.folder });
      const { stdout } = await compiled.catch((failed: { stdout: string }) => failed);
      expect(stdout, how).toBe("");
    }
  });
});
