import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WatchedRun } from "../../ts/cli/watch/watched-run.js";
import { ask } from "../support/http.js";
import { shortRun } from "../support/short-run.js";
import { spawnSpikelet, spikelet } from "../support/spawn-cli.js";
import { folder, served } from "../support/watched-folder.js";

const EPOCHS = 3;

describe("spikelet serve", () => {
  it("shows curves, rasters and files of a training until it is interrupted", async () => {
    const run = await shortRun({ epochs: EPOCHS });
    const out = run.folder("out");
    expect(await spikelet(["train", "--config", run.config, "--out", out])).toMatchObject({ code: 0 });
    let stop = () => {};
    let url = "";
    const ended = spawnSpikelet(["serve", out, "--json"], (child, stdout) => {
      stop = () => child.kill("SIGINT");
      if (stdout.endsWith("\n")) url = JSON.parse(stdout).url;
    });
    await expect.poll(() => url).not.toBe("");
    const page = await ask(url);
    expect(page).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
    expect(page.text).toContain(`finished: ${out}`);
    for (const title of ["Learning", "Samples", "Files"]) expect(page.text).toContain(`<h2>${title}</h2>`);
    expect(page.text.match(/<svg/g)?.length).toBeGreaterThan(2);
    expect(page.text).toContain("validation sample");
    const files = ["history.csv", "events.ndjson", "report.json", "report.html"];
    const answers = await Promise.all(files.map(async (name) => ask(new URL(name, url).href)));
    for (const [k, name] of files.entries()) expect(answers[k]?.text).toBe(await readFile(join(out, name), "utf8"));

    const other = ["--dataset", "randman", "--set", "network.input=20", "--set", "network.layers[1].units=10"];
    expect(await spikelet(["train", "--config", run.config, ...other, "--out", out, "--overwrite"])).toMatchObject({ code: 0 });
    expect((await ask(url)).text, "samples of the run that took its place").toContain("validation sample");
    stop();
    expect(await ended).toMatchObject({ code: 0 });
  });

  it("refuses a folder that is not there, a file, and a port that is none", async () => {
    const dir = await folder();
    await writeFile(join(dir, "file"), "");
    for (const name of ["none", "file"]) {
      expect(await spikelet(["serve", join(dir, name)])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("is no folder"),
      });
    }
    expect(await spikelet(["serve", dir, "--port", "70000"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("65535"),
    });
    expect(await spikelet(["serve", dir, "--port", "x"])).toMatchObject({ code: 2 });
  });

  it("refuses a port that is taken", async () => {
    const dir = await folder();
    await using server = await served(dir);
    const { port } = new URL(server.url);
    expect(await spikelet(["serve", dir, "--port", port])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("EADDRINUSE"),
    });
  });
});

describe("spikelet train --watch", () => {
  it("shows the training while it runs", async () => {
    const run = await shortRun({ epochs: 100_000 });
    const out = run.folder("watched");
    let stop = () => {};
    let url = "";
    const ended = spawnSpikelet(["train", "--config", run.config, "--json", "--out", out, "--watch"], (child, stdout) => {
      stop = () => child.kill("SIGINT");
      url ||= /"watching","url":"([^"]+)"/.exec(stdout)?.[1] ?? "";
    });
    await expect.poll(() => url).not.toBe("");
    await expect.poll(async () => (await ask(url)).text).toMatch(/training: .*<h2>Learning<.*validation sample/s);
    stop();
    expect(await ended).toMatchObject({ code: 130 });
    expect(await new WatchedRun(out).read()).toMatchObject({ end: "interrupted" });
  });

  it("shows a training that has finished until Ctrl-C, and leaves the bits alone", async () => {
    const run = await shortRun({ epochs: EPOCHS });
    const train = ["train", "--config", run.config, "--out"];
    const watched = run.folder("watched");
    let stop = () => {};
    let output = "";
    const ended = spawnSpikelet([...train, watched, "--watch", "--json"], (child, stdout) => {
      stop = () => child.kill("SIGINT");
      output = stdout;
    });
    // The report is the last that is printed.
    await expect.poll(() => output).toContain('"neuroBench"');
    const url = /"watching","url":"([^"]+)"/.exec(output)?.[1] ?? "";
    const { status, text } = await ask(url);
    expect([status, text]).toEqual([200, expect.stringMatching(/<h1>finished: /)]);
    expect(text).toContain(`spikelet serve ${watched} shows it again`);
    // Another training may have the folder meanwhile.
    await expect
      .poll(async () => (await spikelet(["train", "--resume", "--checkpoint", join(watched, "last.safetensors")])).code)
      .toBe(0);
    stop();
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`finished: ${url} shows it until Ctrl-C; later, this shows it again: spikelet serve ${watched}`);
    expect(await spikelet([...train, run.folder("alone")])).toMatchObject({ code: 0 });
    const last = async (name: string) => readFile(join(run.folder(name), "last.safetensors"));
    expect(await last("watched")).toEqual(await last("alone"));
  });

  it("needs --watch for --port", async () => {
    expect(await spikelet(["train", "--port", "80"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--watch") });
  });
});
