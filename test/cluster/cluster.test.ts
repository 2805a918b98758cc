import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parse as parseCommandLine } from "../../ts/cli/command.js";
import { sweep } from "../../ts/cli/commands/sweep.js";
import { parseShard } from "../../ts/study/plan/shard.js";
import { PATIENCE } from "../support/patience.js";
import { MAIN, spikelet } from "../support/spawn-cli.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const file = (name: string) => join(ROOT, "docs", "cluster", name);
const PLAN = join(ROOT, "test", "cluster", "plan.json");

describe("a sweep under a scheduler", () => {
  it("Slurm: an array job with a killed task gives the records of one process", ({ skip }) => {
    const { status, stdout, stderr } = spawnSync(join(ROOT, "test", "cluster", "slurm.sh"), {
      encoding: "utf8",
      timeout: PATIENCE / 2,
    });
    if (stdout.startsWith("skipped")) skip(stdout.trim());
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^60 records are the same\nslurm.* task 2 killed with \d+ runs missing/);
  });

  it("GNU parallel: the ready line gives the records of one process", async ({ skip }) => {
    if (spawnSync("parallel", ["--version"]).status !== 0)
      skip("skipped: GNU parallel is not installed (Debian: apt-get install parallel)");
    const [out, whole] = [await mkdtemp(join(tmpdir(), "spikelet-")), await mkdtemp(join(tmpdir(), "spikelet-"))];
    const command = `${process.execPath} ${MAIN}`;
    const { status, stderr } = spawnSync("sh", [file("parallel.sh"), PLAN, out, "3"], {
      encoding: "utf8",
      env: { ...process.env, SPIKELET: command },
    });
    expect(status, stderr).toBe(0);
    expect((await spikelet(["sweep", "merge", out])).stdout).toMatch(/60 done, 0 failed, 0 missing/);
    await spikelet(["sweep", PLAN, "--out", whole, "--processes", "0"]);
    const compared = spawnSync(process.execPath, [join(ROOT, "test", "cluster", "same-records.mjs"), out, whole], {
      encoding: "utf8",
    });
    expect(compared.stdout).toBe("60 records are the same\n");
  });

  it("Kubernetes: the Indexed Job names every part once, with options that the command has", async () => {
    const job = parse(await readFile(file("kubernetes.yaml"), "utf8"));
    expect(job).toMatchObject({ apiVersion: "batch/v1", kind: "Job", spec: { completionMode: "Indexed" } });
    const { completions, template } = job.spec;
    const [container] = template.spec.containers;
    const [name, plan, ...options] = container.args as string[];
    expect([name, plan]).toEqual(["sweep", "/plan/plan.json"]);
    expect(() => parseCommandLine(["plan.json", ...options], sweep.args ?? {})).not.toThrow();
    const shard = options[options.indexOf("--shard") + 1] ?? "";
    const parts = Array.from({ length: completions }, (_, k) => parseShard(shard, { JOB_COMPLETION_INDEX: String(k) }));
    expect(parts).toEqual(parts.map((_, index) => ({ index, count: completions })));
    const volumes = template.spec.volumes.map(({ name }: { name: string }) => name);
    expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(volumes);
  });

  it.each(["slurm.sh", "parallel.sh"])("%s is a script", (name) => {
    expect(spawnSync("sh", ["-n", file(name)], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it("the container file copies from stages that it has, and starts the command of the package", () => {
    const lines = readFileSync(file("Containerfile"), "utf8")
      .split("\n")
      .filter((line) => /^[A-Z]/.test(line));
    const known = /^(FROM|COPY|ENV|WORKDIR|RUN|ENTRYPOINT) \S/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
    const stages = lines.flatMap((line) => / AS (\w+)$/.exec(line)?.[1] ?? []);
    for (const line of lines) {
      const stage = /from=(\w+)/.exec(line)?.[1];
      if (stage !== undefined) expect(stages).toContain(stage);
    }
    const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(Object.keys(bin)).toContain(JSON.parse(lines.at(-1)?.replace("ENTRYPOINT ", "") ?? "[]")[0]);
  });
});
