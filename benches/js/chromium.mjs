// The benchmark's page in Chromium.
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { ISOLATION } from "../../scripts/isolation.mjs";

const configFile = fileURLToPath(new URL("../../demo/vite.config.mjs", import.meta.url));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

/**
 * A {@link import("./target.mjs").Target} that lives in a page.
 *
 * @param {{ workers: number, batch: number, isolated?: boolean }} options workers that share every batch; more than one where the
 * page is cross-origin isolated
 */
export async function openInChromium({ isolated = false, ...options }) {
  await build({ configFile, logLevel: "error" });
  const headers = isolated ? ISOLATION : {};
  const server = await preview({ configFile, logLevel: "error", preview: { host: "127.0.0.1", port: 0, headers } });
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  const page = await browser.newPage();
  await page.goto(new URL("bench.html", server.resolvedUrls.local[0]).href);
  await page.waitForSelector("html[data-ready]");
  await page.evaluate(async (requested) => {
    globalThis.target = await globalThis.bench(requested);
  }, options);
  return {
    version: browser.version(),
    simd: await page.evaluate(() => globalThis.target.simd),
    rates: (phase, seconds) => page.evaluate(([what, long]) => globalThis.target.rates(what, long), [phase, seconds]),
    spikesPerUnit: () => page.evaluate(() => globalThis.target.spikesPerUnit()),
    crossings: () => page.evaluate(() => globalThis.target.crossings()),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
