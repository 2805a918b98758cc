import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { spikelet } from "../support/spawn-cli.js";

const folder = () => mkdtemp(join(tmpdir(), "spikelet-"));
/** Points of Yin-Yang, a network of a few units. */
const TINY = [
  ...[
    "--preset",
    "digits",
    "--dataset",
    "yinYang",
    "--set",
    "data.options.samples=300",
    "--set",
    "network.input=5",
    "--set",
    "network.steps=60",
  ],
  ...["--set", 'network.layers=[{"type":"dense","units":20},{"type":"dense","units":3}]', "--set", "training.epochs=2"],
  // Without it no output fires so early.
  ...["--set", "training.initialActivity.spikesPerUnit=1"],
];

describe("report.html", () => {
  let out = "";
  let html = "";
  beforeAll(async () => {
    out = await folder();
    expect(await spikelet(["train", ...TINY, "--out", out])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("report.html"),
    });
    html = await readFile(join(out, "report.html"), "utf8");
  });

  it("has every section and the figures of report.json", async () => {
    const headings = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings.filter((heading) => heading !== "Warnings")).toEqual([
      "Learning",
      "Decisions",
      "Samples",
      "Spikes",
      "Network",
      "Weights",
      "Configuration",
    ]);
    const { test } = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    expect(html).toContain(`${(100 * test.accuracy.firstSpike).toFixed(1)} % by first spike`);
    expect(html).toContain(`<dd>${test.spikes.perSample.toFixed(1)}</dd>`);
    expect(html).toContain("5 – 20 – 3");
    const right = Math.round(test.accuracy.firstSpike * test.samples);
    expect(html).toContain(`aria-label="confusion matrix of 3 classes, ${right} of ${test.samples} decisions right"`);
    expect(html).toMatch(/test sample \d+: right/);
    expect(html).toMatch(/test sample \d+: wrong/);
  });

  it("needs nothing beside itself", () => {
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
      /https?:|<script|<link|src=|@import|url\(|undefined|NaN/,
    );
  });

  it("is written by evaluate where it is told to", async () => {
    const other = await folder();
    const args = ["evaluate", "--checkpoint", join(out, "best.safetensors"), "--out", other, "--json"];
    const { code, json } = await spikelet(args);
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(join(other, "report.json"), "utf8"))).toEqual(json()[0]);
    expect(await readFile(join(other, "report.html"), "utf8")).toContain("<h1>Evaluation on yinYang</h1>");
  });

  it.each(["light", "dark"] as const)("opens in a browser without a complaint, %s, as narrow as a phone", async (colorScheme) => {
    const browser = await chromium.launch({ executablePath: findChromium() ?? "chromium", args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 800 }, javaScriptEnabled: true });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("request", (request) => request.url().startsWith("file:") || complaints.push(request.url()));
      await page.goto(pathToFileURL(join(out, "report.html")).href);
      const [ground, width] = (await page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, document.documentElement.scrollWidth]",
      )) as [string, number];
      expect([ground, width, complaints]).toEqual([colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)", 390, []]);
    } finally {
      await browser.close();
    }
  });
});

describe("learnt constants", () => {
  const LEARNT = [
    ...TINY,
    ...["--set", "network.layers[0].delays.max=10", "--set", "network.layers[0].delays.learn=true"],
    ...["--set", 'network.layers[0].neuron={"threshold":0.5,"learn":["threshold"]}', "--set", "training.epochs=1"],
  ];
  const drawn = async (dir: string) => {
    const html = await readFile(join(dir, "report.html"), "utf8");
    expect(html.includes("<h2>Learnt constants</h2>")).toBe(html.includes("histograms of what layers learn"));
    return /histograms of what layers learn: ([^"]*)"/.exec(html)?.[1];
  };
  const resume = (out: string, epochs: number) =>
    spikelet(["train", "--resume", "--set", `training.epochs=${epochs}`, "--out", out]);
  const both = /^Layer 0, threshold: 0\.5 → [\d.]+; Layer 0, delays: mean [\d.]+ → [\d.]+ steps$/;

  const historyOf = async (dir: string) => {
    const [header = "", ...rows] = (await readFile(join(dir, "history.csv"), "utf8")).trim().split("\n");
    const columns = header.split(",");
    const column = (name: string) => rows.map((row) => Number(row.split(",")[columns.indexOf(name)]));
    return { columns: columns.filter((name) => name.startsWith("layers.")), column };
  };

  it("are drawn before and after the training, after a resumed one too, and in the history", async () => {
    const out = await folder();
    expect((await spikelet(["train", ...LEARNT, "--out", out])).code).toBe(0);
    const first = await drawn(out);
    expect(first).toMatch(both);
    const before = await historyOf(out);
    expect(before.columns).toEqual(["layers.0.threshold", "layers.0.delays"]);
    expect((await resume(out, 2)).code).toBe(0);
    const second = await drawn(out);
    expect(second).toMatch(both);
    const start = (text: string | undefined) => /mean ([\d.]+) →/.exec(text ?? "")?.[1];
    expect(start(second)).toBe(start(first));
    const after = await historyOf(out);
    expect(after.columns).toEqual(before.columns);
    const thresholds = after.column("layers.0.threshold");
    expect(thresholds).toEqual([...before.column("layers.0.threshold"), expect.not.closeTo(thresholds[0] ?? 0, 5)]);
    const other = await folder();
    expect((await spikelet(["evaluate", "--checkpoint", join(out, "last.safetensors"), "--out", other])).code).toBe(0);
    expect(await drawn(other)).toMatch(/^Layer 0, threshold: [\d.]+; Layer 0, delays: mean [\d.]+ steps$/);

    const tuned = await folder();
    const from = ["--from", join(out, "last.safetensors"), "--set", "training.epochs=1"];
    expect((await spikelet(["train", ...from, "--out", tuned])).code).toBe(0);
    expect(await drawn(tuned)).toMatch(/threshold: [\d.]+ → /);
    // The checkpoint that it began with is not known any more.
    expect((await resume(tuned, 2)).code).toBe(0);
    expect(await drawn(tuned)).toMatch(/^Layer 0, threshold: [\d.]+; /);
  });

  it("are absent where nothing but weights and biases is learnt", async () => {
    const out = await folder();
    expect((await spikelet(["train", ...TINY, "--set", "network.layers[0].delays.max=10", "--out", out])).code).toBe(0);
    expect(await drawn(out)).toBeUndefined();
    expect((await historyOf(out)).columns).toEqual([]);
  });
});
