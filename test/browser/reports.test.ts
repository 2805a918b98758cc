import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spikelet } from "../support/spawn-cli.js";
import { launchChromium } from "./chromium.js";

const AXE = fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));

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
];

const PLAN = {
  config: {
    data: { dataset: "yinYang", options: { samples: 300 } },
    network: {
      input: 5,
      steps: 60,
      layers: [
        { type: "dense", units: 20 },
        { type: "dense", units: 3 },
      ],
    },
    training: { epochs: 1, batchSize: 20 },
  },
  settings: { "rule.timingWeight": [0.5, 1], "optimizer.learningRate": [0.001, 0.01] },
  seeds: 2,
};

/** Commands that write a page, by what it tells of. */
const COMMANDS: Record<string, (out: string) => Promise<string[]>> = {
  training: async (out) => ["train", ...TINY, "--out", out],
  comparison: async (out) => {
    const plan = join(await mkdtemp(join(tmpdir(), "spikelet-")), "plan.json");
    const variants = ["antlr", "mixture"].map((type) => ({ series: type, settings: { "rule.type": type } }));
    const figures = [
      { type: "spread", measure: "firstSpike", title: "Accuracy" },
      { type: "epochs", value: "loss", title: "Learning" },
      { type: "scatter", x: "spikes", y: "firstSpike", title: "Accuracy against spikes" },
    ];
    const report = {
      title: "two rules",
      question: "Which, by `--seeds`?",
      command: "spikelet sweep plan.json",
      isQuick: true,
      figures,
    };
    const config = { ...PLAN.config, optimizer: { type: "adam" } };
    await writeFile(plan, JSON.stringify({ config, variants, seeds: 2, report }));
    return ["sweep", plan, "--processes", "0", "--out", out];
  },
  sweep: async (out) => {
    const plan = join(await mkdtemp(join(tmpdir(), "spikelet-")), "plan.json");
    const config = { ...PLAN.config, rule: { type: "antlr" }, optimizer: { type: "adam" } };
    await writeFile(plan, JSON.stringify({ ...PLAN, config }));
    return ["sweep", plan, "--processes", "0", "--out", out];
  },
};

describe.each(Object.entries(COMMANDS))("the page of a %s", (name, command) => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const out = await mkdtemp(join(tmpdir(), "spikelet-"));
    expect(await spikelet(await command(out))).toMatchObject({ code: 0 });
    address = pathToFileURL(join(out, "report.html")).href;
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  async function opened(width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    await page.goto(address);
    if (process.env["SPIKELET_SCREENSHOTS"]) {
      await page.screenshot({
        path: join(process.env["SPIKELET_SCREENSHOTS"], `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
    return page;
  }

  it("fits a telephone: nothing sticks out, and figures are seen whole", async () => {
    const page = await opened(375);
    const outside = await page.evaluate(() => {
      const isScrolled = (element: Element) => element.closest("pre, .table") !== null;
      return [...document.querySelectorAll("body *:not(svg *)")]
        .filter((element) => !isScrolled(element) && element.getBoundingClientRect().right > window.innerWidth + 0.5)
        .map((element) => `${element.tagName} ${element.getAttribute("class")}`);
    });
    expect(outside).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
    expect(await page.locator("figure svg").count()).toBeGreaterThan(0);
    await page.close();
  });

  it("fits on paper, where nothing can be scrolled", async () => {
    // A4 with margins of a centimetre.
    const page = await opened(718);
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      return [...document.querySelectorAll("pre, .table, body")]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`);
    });
    expect(cut).toEqual([]);
    await page.close();
  });

  it.each([
    [375, "light"],
    [1440, "light"],
    [1440, "dark"],
  ] as const)("has no accessibility violation at %d pixels, %s", async (width, scheme) => {
    const page = await opened(width, scheme);
    await page.addScriptTag({ path: AXE });
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const found = await axe.run();
      return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
    });
    expect(violations).toEqual([]);
    await page.close();
  });

  it("uses the width of a desk: figures side by side, text in lines that can be read", async () => {
    const page = await opened(1600);
    const { body, figures, text } = await page.evaluate(() => ({
      body: document.querySelector("main")?.getBoundingClientRect().width ?? 0,
      figures: [...document.querySelectorAll("figure")].map((figure) => figure.getBoundingClientRect().left),
      text: Math.max(...[...document.querySelectorAll("p")].map((line) => line.getBoundingClientRect().width)),
    }));
    expect(body).toBeGreaterThan(1300);
    expect(new Set(figures.map(Math.round)).size, "columns of figures").toBeGreaterThan(1);
    expect(text).toBeLessThan(850);
    await page.close();
  });
});
