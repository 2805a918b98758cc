import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, rename, symlink, writeFile } from "node:fs/promises";
import { request, ServerResponse } from "node:http";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createNetwork, datasets } from "spikelet";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LatestAnswers } from "../../ts/cli/watch/latest-answers.js";
import { Tail } from "../../ts/cli/watch/tail.js";
import { WatchedRun } from "../../ts/cli/watch/watched-run.js";
import { samplesToShow } from "../../ts/report/watch/sample-answers.js";
import { ask } from "../support/http.js";
import { folder, served } from "../support/watched-folder.js";

describe("the server", () => {
  afterEach(() => vi.restoreAllMocks());

  it("gives out the known files of the folder, to this machine, and nothing else", async () => {
    const dir = await folder();
    await writeFile(join(dir, "history.csv"), "epoch\n");
    await writeFile(join(dir, "secret.txt"), "secret");
    await using server = await served(dir);
    const at = (path: string) => ask(new URL(path, server.url).href);
    expect(await at("history.csv")).toMatchObject({ status: 200, text: "epoch\n" });
    for (const path of ["secret.txt", "report.json", "..%2fsecret.txt", "last.safetensors", "constructor", ".lock"]) {
      expect(await at(path)).toMatchObject({ status: 404 });
    }
    expect(await ask(server.url, { host: "example.org" })).toMatchObject({ status: 403 });
    expect(await ask(server.url, { host: "example.org:80" })).toMatchObject({ status: 403 });
    expect(await ask(server.url, {}, "POST")).toMatchObject({ status: 405 });
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
  });

  it("says what it does not know yet, and shows what anybody wrote as text", async () => {
    const dir = await folder();
    await using server = await served(dir);
    expect((await ask(server.url)).text).toContain("There is no checkpoint yet.");
    const warning = {
      type: "warning",
      epoch: 1,
      code: "<b>",
      layer: null,
      message: "<script>alert(1)</script>",
      advice: "`a` <i>",
    };
    await writeFile(join(dir, "events.ndjson"), `${JSON.stringify(warning)}\nnonsense\n[1]\n`);
    const { status, text } = await ask(server.url);
    expect(status).toBe(200);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text.match(/<script/g)).toHaveLength(1);
  });

  it("is shown within no other page", async () => {
    const dir = await folder();
    await writeFile(join(dir, "report.html"), "a report");
    await using server = await served(dir);
    for (const path of ["", "report.html", "changes?", "elsewhere"]) {
      const { headers, body } = await fetch(new URL(path, server.url));
      await body?.cancel();
      expect(headers.get("content-security-policy"), path).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    }
  });

  it("lets no file of the folder run a script, and opens neither links nor pipes", async () => {
    const [dir, other] = [await folder(), await folder()];
    await writeFile(join(dir, "report.html"), "<script>fetch('history.csv')</script>");
    await writeFile(join(other, "secret"), "secret");
    await symlink(join(other, "secret"), join(dir, "history.csv"));
    for (const pipe of ["report.json", "last.safetensors", "events.ndjson"]) spawnSync("mkfifo", [join(dir, pipe)]);
    await using server = await served(dir);
    const policy = (await fetch(new URL("report.html", server.url))).headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none';.*; sandbox;/);
    for (const path of ["history.csv", "report.json", "events.ndjson"]) {
      expect(await ask(new URL(path, server.url).href)).toMatchObject({ status: 404 });
    }
    expect(await ask(server.url)).toMatchObject({ status: 200, text: expect.stringContaining("is no file") });
  });

  it("shows what it understands of lines that lack something", async () => {
    const dir = await folder();
    await using server = await served(dir);
    const metrics = { loss: 1, accuracy: { firstSpike: 0.5, count: 0.5 }, spikes: { perSample: 2 } };
    const whole = { type: "epochEnd", epoch: 1, epochs: 9, train: metrics, validation: null };
    const running = { loss: 0.5, spikesPerSample: 3 };
    const lines: object[] = [
      whole,
      ...Object.keys(whole).map((name) => ({ ...whole, epoch: 7, [name]: "?" })),
      ...[null, {}, { ...metrics, loss: null }, { ...metrics, accuracy: 1 }].map((train) => ({ ...whole, epoch: 7, train })),
      { ...whole, epoch: 7, validation: {} },
      ...[null, {}, { ...running, loss: "?" }].map((running) => ({ type: "step", epoch: 7, batch: 1, batches: 2, running })),
      { type: "warning" },
      { type: "warning", epoch: 1, message: {}, advice: [] },
      { type: "started", epoch: "?", time: {} },
    ];
    // The last of them starts the training anew, after no epochs.
    for (const events of [lines.slice(0, -1), [...lines, whole]]) {
      await writeFile(join(dir, "events.ndjson"), events.map((line) => `${JSON.stringify(line)}\n`).join(""));
      const { status, text } = await ask(server.url);
      expect([status, /<dt>epochs done<\/dt><dd>1 of 9<\/dd>/.test(text)]).toEqual([200, true]);
    }
  });

  it("tells every watcher of a change, and says what happened", async () => {
    const dir = await folder();
    await using server = await served(dir);
    const response = await fetch(new URL("changes", server.url));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const heard = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await heard()).toBe(": watching\n\n");
    const started = { type: "started", epoch: 0, step: 0 };
    await appendFile(join(dir, "events.ndjson"), `${JSON.stringify(started)}\n`);
    expect(await heard()).toBe("data: changed\n\n");
    expect((await ask(server.url)).text).toContain(`training: ${dir}`);
    await appendFile(join(dir, "events.ndjson"), `${JSON.stringify({ type: "failed", message: "it broke" })}\n`);
    expect(await heard()).toBe("data: changed\n\n");
    expect((await ask(server.url)).text).toContain("it broke");
    await reader.cancel();
  });

  it("does not look for a browser that leaves before it is a watcher", async () => {
    await using server = await served(await folder());
    const answered = vi.spyOn(ServerResponse.prototype, "writeHead");
    const looking = vi.spyOn(globalThis, "setInterval");
    let mark = (_: string) => {};
    vi.spyOn(WatchedRun.prototype, "mark").mockReturnValue(new Promise((resolve) => (mark = resolve)));
    const asked = request(new URL("changes", server.url)).end();
    await once(asked, "response");
    asked.destroy();
    await once(answered.mock.contexts[0] as ServerResponse, "close");
    mark("");
    await setImmediate();
    expect(looking).not.toHaveBeenCalled();
  });
});

describe("what the network answers", () => {
  const network = { input: 5, steps: 60, layers: [4, 3].map((units) => ({ type: "dense" as const, units })) };
  const choices = { backend: "auto", signal: new AbortController().signal } as const;

  const points = async () => (await datasets.yinYang({ samples: 20 })).encode({ type: "latency" });

  async function checkpoint(): Promise<string> {
    const file = join(await folder(), "last.safetensors");
    using made = await createNetwork({ network });
    await writeFile(file, await made.checkpoint());
    return file;
  }

  it("is told with the part of the samples", async () => {
    const [validation, test] = [await points(), await points()];
    const samples = vi.fn(async () => samplesToShow({ validation: validation.slice(0, 0), test }));
    const answers = new LatestAnswers(await checkpoint(), samples, choices);
    expect(await answers.read()).toMatchObject({ part: "test" });
    expect(await answers.read()).toMatchObject({ part: "test" });
    expect(samples).toHaveBeenCalledTimes(1);
    expect(samplesToShow({ validation, test }).part).toBe("validation");
  });

  it("is looked for again after a failure", async () => {
    const samples = vi.fn(async () => ({ part: "test" as const, samples: await points() }));
    samples.mockRejectedValueOnce(new Error("no data"));
    const answers = new LatestAnswers(await checkpoint(), samples, choices);
    await expect(answers.read()).rejects.toThrow("no data");
    expect(await answers.read()).toMatchObject({ part: "test" });
  });
});

describe("the end of a file", () => {
  it("gives whole lines, once, and all again of a file that was replaced", async () => {
    const file = join(await folder(), "log");
    const tail = new Tail(file);
    expect(await tail.read()).toEqual({ lines: [], isNew: false, isWhole: true });
    await writeFile(file, "one\ntw");
    expect(await tail.read()).toEqual({ lines: ["one"], isNew: false, isWhole: true });
    await appendFile(file, "o\nthree\n");
    expect(await tail.read()).toEqual({ lines: ["two", "three"], isNew: false, isWhole: true });
    await writeFile(file, "1\n");
    expect(await tail.read()).toEqual({ lines: ["1"], isNew: true, isWhole: true });
    await writeFile(`${file}.new`, "4\n5\n6\n");
    await rename(`${file}.new`, file);
    expect(await tail.read()).toEqual({ lines: ["4", "5", "6"], isNew: true, isWhole: true });
  });

  it("leaves out a line of more than 16 MiB, and nothing else", async () => {
    const file = join(await folder(), "log");
    const long = "x".repeat(2 ** 25);
    await writeFile(file, `one\n${long}\ntwo\n`);
    const tail = new Tail(file);
    const found: string[] = [];
    for (let isWhole = false; !isWhole; ) {
      const read = await tail.read();
      found.push(...read.lines);
      isWhole = read.isWhole;
    }
    expect(found).toEqual(["one", "two"]);
  });
});
