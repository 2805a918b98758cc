// The site: pages of the repository, reference of the API and demo, as static files.
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOMS, WAY_OUT } from "../demo/rooms.mjs";
import { stage } from "../site/stage.mjs";
import { runTool, StepFailed } from "./run.mjs";
import { ROOT } from "./stamps.mjs";

/** Where the site is. */
export const SITE = join(ROOT, ".cache/site/dist");

const API = join(ROOT, ".cache/site/api");

/**
 * Fails on links to pages that are not there.
 *
 * @param {{ withDemo?: boolean }} [options] whether the demo is part of it, which needs the WebAssembly
 */
export async function buildSite({ withDemo = false } = {}) {
  await buildApi(API);
  stage(API);
  /** @type {Record<string, string>} */
  const environment = withDemo ? { SITE_DEMO: "1" } : {};
  await runTool("vitepress", "bin/vitepress.js", ["build", "site"], { isQuiet: true, environment });
  if (!withDemo) return;
  const { build } = await import("vite");
  await build({ configFile: join(ROOT, "demo/vite.config.mjs"), logLevel: "warn" });
  await cp(join(ROOT, "demo/dist"), join(SITE, "demo"), { recursive: true });
  // The way back, which there is only on the site.
  for (const { page } of ROOMS) {
    const file = join(SITE, `demo/${page}.html`);
    const text = await readFile(file, "utf8");
    if (!text.includes(WAY_OUT)) throw new StepFailed(`demo/${page}.html has lost its place for the link to the documentation`);
    await writeFile(file, text.replace(WAY_OUT, '<li><a href="../index.html">Documentation</a></li>'));
  }
}

/**
 * The reference of the API, as Markdown.
 *
 * @param {string} folder one for each that may run at the same time
 */
export function buildApi(folder) {
  return runTool("typedoc", "bin/typedoc", ["--out", folder], { isQuiet: true });
}
