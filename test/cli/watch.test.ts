import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { type IncomingMessage, request, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createNetwork, datasets } from "spikelet";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { LatestAnswers, samplesToShow } from "../../ts/cli/watch/latest-answers.js";
import { WatchServer } from "../../ts/cli/watch/server.js";
import { Tail } from "../../ts/cli/watch/tail.js";
import { WatchedRun } from "../../ts/cli/watch/watched-run.js";
import { blocksOf } from "../docs/blocks.js";
import { Hold } from "../support/hold.js";
import { shortRun } from "../support/short-run.js";
import { spawnSpikelet, spikelet } from "../support/spawn-cli.js";

const EPOCHS = 3;
const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Stands for the package, and prints what it is given. */
const SUMMARY_WRITER = `import json
class SummaryWriter:
    def __init__(self, folder): pass
    def add_scalar(self, name, value, epoch): print(json.dumps([name, value, epoch]))
`;
const folder = () => mkdtemp(join(tmpdir(), "spikelet-watch-"));
const linesOf = async (dir: string) => {
  const text = await readFile(join(dir, "events.ndjson"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
};

/** A server for files that a test writes itself. */
async function served(dir: string): Promise<WatchServer> {
  const answers = new LatestAnswers(join(dir, "last.safetensors"), () => Promise.reject(new Error("no data")), {
    backend: "auto",
    signal: new AbortController().signal,
  });
  return WatchServer.start(dir, answers, 0);
}

async function ask(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; text: string; type: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers, method }, resolve).on("error", reject).end();
  });
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return {
    status: response.statusCode ?? 0,
    text: Buffer.concat(parts).toString(),
    type: response.headers["content-type"] ?? "",
  };
}

describe("events.ndjson", () => {
  let run: Awaited<ReturnType<typeof shortRun>>;
  let out = "";

  beforeAll(async () => {
    run = await shortRun({ epochs: EPOCHS });
    out = run.folder("out");
    expect(await spikelet(["train", "--config", run.config, "--out", out])).toMatchObject({ code: 0 });
  });

  it.skipIf(python === undefined)("is what the program for TensorBoard in the documentation reads (needs Python)", async () => {
    const page = await readFile(new URL("../../docs/reference/runs-and-metrics.md", import.meta.url), "utf8");
    const program = blocksOf(page).find(({ text }) => text.includes("SummaryWriter"))?.text ?? "";
    const path = await folder();
    await mkdir(join(path, "torch", "utils"), { recursive: true });
    await writeFile(join(path, "torch", "utils", "tensorboard.py"), SUMMARY_WRITER);
    await mkdir(join(path, "out", "digits"), { recursive: true });
    const lines = await linesOf(out);
    const withoutValidation = lines.map((line) =>
      line.epoch === 2 && line.type === "epochEnd" ? { ...line, validation: null } : line,
    );
    await writeFile(
      join(path, "out/digits/events.ndjson"),
      withoutValidation.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const options = { cwd: path, input: program, env: { ...process.env, PYTHONPATH: path }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(python ?? "", ["-"], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const scalars = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ends = withoutValidation.filter(({ type }) => type === "epochEnd");
    const expected = ends.flatMap(({ epoch, train, validation }) => [
      ["loss/train", train.loss, epoch],
      ...(validation ? [["loss/validation", validation.loss, epoch]] : []),
    ]);
    expect(scalars).toEqual(expected);
  });

  it("keeps what happened, each line with its time", async () => {
    const lines = await linesOf(out);
    expect(lines[0]).toMatchObject({ type: "started", epoch: 0, step: 0, data: { dataset: "yinYang" } });
    expect(lines.filter(({ type }) => type === "epochEnd").map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(lines.at(-1)).toMatchObject({ type: "finished", epochs: EPOCHS });
    for (const { time } of lines) expect(new Date(time).toISOString()).toBe(time);
    expect(new Set(lines.map(({ type }) => type))).not.toContain("report");
  });

  it("goes on with the training, and is complete where that goes on elsewhere", async () => {
    const more = ["--resume", "--set", `training.epochs=${EPOCHS + 1}`];
    const elsewhere = run.folder("elsewhere");
    expect(await spikelet(["train", ...more, "--checkpoint", join(out, "last.safetensors"), "--out", elsewhere])).toMatchObject({
      code: 0,
    });
    // As a training leaves the file that is killed while it adds a line.
    await appendFile(join(out, "events.ndjson"), '{"type":"epochEnd","ep');
    expect(await spikelet(["train", ...more, "--out", out])).toMatchObject({ code: 0 });
    expect((await linesOf(out)).filter(({ type }) => type === "started")).toHaveLength(2);
    for (const dir of [out, elsewhere]) {
      const { epochs, end } = await new WatchedRun(dir).read();
      expect({ epochs: epochs.map(({ epoch }) => epoch), end }).toEqual({ epochs: [1, 2, 3, 4], end: "finished" });
    }
  });

  it("is replaced with the run, and tells of a failure", async () => {
    const failing = run.folder("failing");
    const shards = run.folder("shards");
    const pack = ["data", "pack", "randman", "--set", "options.samplesPerClass=20", "--out", shards];
    expect(await spikelet(pack)).toMatchObject({ code: 0 });
    const file = join(shards, "shard-00000.spk");
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 8, 12));
    const settings = ["network.input=20", "network.layers[0].units=20", "training.epochs=1"];
    const train = ["train", ...settings.flatMap((setting) => ["--set", setting]), "--data", shards, "--out", failing];
    expect(await spikelet(train)).toMatchObject({ code: 1 });
    expect((await linesOf(failing)).at(-1)).toMatchObject({
      type: "failed",
      code: "CHECKSUM_MISMATCH",
      message: expect.any(String),
    });
    expect(await spikelet(["train", "--config", run.config, "--out", failing, "--overwrite"])).toMatchObject({ code: 0 });
    expect((await linesOf(failing)).map(({ type }) => type)).not.toContain("failed");
  });

  it("tells of an interrupt", async () => {
    const dir = run.folder("interrupted");
    const hold = new Hold('"epochEnd"', 2);
    let interrupt = () => {};
    const args = ["train", "--config", run.config, "--out", dir, "--json"];
    const ended = spawnSpikelet(args, (child) => (interrupt = () => child.kill("SIGINT")), hold.env);
    await hold.reached();
    interrupt();
    hold.release();
    expect(await ended).toMatchObject({ code: 130 });
    expect(await new WatchedRun(dir).read()).toMatchObject({ end: "interrupted" });
  });
});

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
      expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
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
    expect(stderr).toContain(`finished: ${url} shows it until Ctrl-C`);
    expect(stderr.trim().split("\n").at(-1)).toBe(`spikelet serve ${watched} shows it again`);
    expect(await spikelet([...train, run.folder("alone")])).toMatchObject({ code: 0 });
    const last = async (name: string) => readFile(join(run.folder(name), "last.safetensors"));
    expect(await last("watched")).toEqual(await last("alone"));
  });

  it("needs --watch for --port", async () => {
    expect(await spikelet(["train", "--port", "80"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--watch") });
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
