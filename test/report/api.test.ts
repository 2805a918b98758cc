import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNetwork, createTrainer } from "spikelet";
import { saveReport, watchTraining } from "spikelet/report";
import { describe, expect, it } from "vitest";
import { ask } from "../support/http.js";
import { tinyConfig, tinyData } from "../support/learning.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
const headings = (html: string) => [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);

describe("saveReport", () => {
  it("writes the page of a trainer with its curves, into a new folder, and returns the metrics", async () => {
    using trainer = await createTrainer(tinyConfig, { quiet: true });
    await trainer.run(tinyData());
    const file = join(await folder(), "results", "page.html");
    const test = tinyData(6);
    const metrics = await saveReport(trainer, test, file, { title: "Parity <1>", part: "held-out", warnings: [] });
    expect(metrics).toEqual(await trainer.evaluate(test));
    const html = await readFile(file, "utf8");
    expect(headings(html)).toEqual(["Learning", "Decisions", "Samples", "Spikes", "Network", "Weights", "Configuration"]);
    expect(html).toContain("<h1>Parity &lt;1&gt;</h1>");
    expect(html).toContain(`<dd>${metrics.spikes.perSample.toFixed(1)}</dd>`);
    expect(html).toContain("of 6 held-out samples");
    expect(html).toMatch(/held-out sample \d: (right|wrong)/);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|<script|<link|src=|undefined|NaN/);
  });

  it("has no curves for a network that is not in training, and warns of what it sees", async () => {
    const silent = { ...tinyConfig.network, neuron: { threshold: 1000 } };
    using network = await createNetwork({ ...tinyConfig, network: silent });
    const file = join(await folder(), "page.html");
    await saveReport(network, tinyData(4), file);
    const html = await readFile(file, "utf8");
    expect(headings(html)[0]).toBe("Warnings");
    expect(headings(html)).not.toContain("Learning");
    expect(html).toMatch(/<h1>Evaluation on .+<\/h1>/);
  });

  it("shows learnt constants beside those before the training", async () => {
    const learning = { ...tinyConfig.network.neuron, learn: ["threshold" as const] };
    const config = { ...tinyConfig, network: { ...tinyConfig.network, neuron: learning } };
    using trainer = await createTrainer(config, { quiet: true });
    const before = await trainer.parameters();
    await trainer.run(tinyData());
    const file = join(await folder(), "page.html");
    await saveReport(trainer, tinyData(4), file, { before });
    expect(await readFile(file, "utf8")).toMatch(/histograms of what layers learn: [^"]*→/);
  });

  it("names what can't be used", async () => {
    using network = await createNetwork(tinyConfig);
    const file = join(await folder(), "page.html");
    const options = { tittle: "a" } as object;
    await expect(saveReport(network, tinyData(2), file, options)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      path: "tittle",
    });
    await expect(saveReport({} as never, tinyData(2), file)).rejects.toMatchObject({ code: "DATA_FORMAT", path: "network" });
    await expect(saveReport(network, tinyData(0), file)).rejects.toMatchObject({ code: "SHAPE_MISMATCH", path: "samples" });
    await expect(saveReport(network, tinyData(2), join("/dev/null", "page.html"))).rejects.toMatchObject({
      code: "WRITE_FAILED",
    });
  });
});

describe("watchTraining", () => {
  it("shows a run while it goes on, and its end", async () => {
    using trainer = await createTrainer(tinyConfig, { quiet: true });
    const watched = await watchTraining(trainer, { name: "parity", samples: tinyData(6) });
    try {
      const page = async () => (await ask(watched.url)).text;
      expect(await page()).toContain("<h1>waiting: parity</h1>");
      expect(await page()).toContain("The training has not begun.");
      const types: string[] = [];
      for await (const event of watched.follow(trainer.run(tinyData(), { validation: tinyData(6) }))) {
        if (event.type !== types.at(-1)) types.push(event.type);
        if (event.type !== "epochEnd") continue;
        const html = await page();
        expect(html).toContain("<h1>training: parity</h1>");
        expect(html).toContain(`<dt>epochs done</dt><dd>${event.epoch} of 2</dd>`);
        expect(headings(html)).toEqual(["Loss", "Learning", "Samples"]);
        expect(html).toMatch(/<progress [^>]*>\d+ %, epoch \d of 2</);
        expect(html).toMatch(/validation sample \d: (right|wrong)/);
      }
      expect(types.filter((type) => type === "epochEnd" || type === "finished")).toEqual(["epochEnd", "epochEnd", "finished"]);
      expect(await page()).toContain("<h1>finished: parity</h1>");
    } finally {
      await watched.close();
    }
    await expect(ask(watched.url)).rejects.toThrow();
  });

  it("says that a run was stopped, goes on with the next, and says why one failed", async () => {
    using trainer = await createTrainer(tinyConfig, { quiet: true });
    const watched = await watchTraining(trainer);
    try {
      const page = async () => (await ask(watched.url)).text;
      for await (const _ of watched.follow(trainer.run(tinyData()))) break;
      expect(await page()).toContain("<h1>interrupted: training</h1>");
      const aborted = AbortSignal.abort();
      const stopped = watched.follow(trainer.run(tinyData(), { signal: aborted }));
      await expect(stopped.next()).rejects.toThrow(aborted.reason);
      expect(await page()).toContain("<h1>interrupted: training</h1>");
      for await (const _ of watched.follow(trainer.run(tinyData()))) void _;
      expect(await page()).toContain("<h1>finished: training</h1>");
      const broken = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("it <broke>")) }) };
      await expect(watched.follow(broken).next()).rejects.toThrow("it <broke>");
      const html = await page();
      expect([html.includes("<h1>failed: training</h1>"), html.includes("it &lt;broke&gt;")]).toEqual([true, true]);
    } finally {
      await watched.close();
    }
  });

  it("names a port that is taken", async () => {
    using trainer = await createTrainer(tinyConfig, { quiet: true });
    const watched = await watchTraining(trainer);
    try {
      const port = Number(new URL(watched.url).port);
      await expect(watchTraining(trainer, { port })).rejects.toMatchObject({ code: "CONFIG_INVALID", path: "port" });
    } finally {
      await watched.close();
    }
  });
});
