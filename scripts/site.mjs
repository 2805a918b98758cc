// The site: pages of the repository, reference of the API and demo, as static files.
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PAGES, SITE_LINK } from "../demo/rooms.mjs";
import { stage } from "../site/stage.mjs";
import { runTool, StepFailed } from "./run.mjs";
import { TYPESCRIPT } from "./sources.mjs";
import { ROOT, step } from "./stamps.mjs";

/** Where the site is. */
export const SITE = join(ROOT, ".cache/site/dist");

/** The reference of the API, as Markdown. */
const API = ".cache/site/api";

/**
 * Fails on links to pages that are not there.
 *
 * @param {{ withDemo?: boolean }} [options] whether the demo is part of it, which needs the WebAssembly
 */
export async function buildSite({ withDemo = false } = {}) {
  await buildApi();
  await stage(join(ROOT, API));
  /** @type {Record<string, string>} */
  const environment = withDemo ? { SITE_DEMO: "1" } : {};
  const { GITHUB_REPOSITORY = "", GITHUB_SERVER_URL = "", SITE_BASE = "", SITE_ORIGIN } = process.env;
  const inputs = [".cache/site/pages", "site", "scripts/site.mjs", "package-lock.json"];
  const extra = [GITHUB_REPOSITORY, GITHUB_SERVER_URL, SITE_BASE, withDemo ? "with demo" : ""];
  await step("site", { inputs, outputs: [".cache/site/dist/index.html"], extra, force: withDemo }, () =>
    runTool("vitepress", "bin/vitepress.js", ["build", "site"], { isQuiet: true, environment }),
  );
  if (!withDemo) return;
  const { build } = await import("vite");
  await build({ configFile: join(ROOT, "demo/vite.config.mjs"), logLevel: "warn" });
  await cp(join(ROOT, "demo/dist"), join(SITE, "demo"), { recursive: true });
  // The way back, which there is only on the site.
  for (const page of PAGES) {
    const file = join(SITE, `demo/${page}.html`);
    const text = await readFile(file, "utf8");
    if (!text.includes(SITE_LINK)) throw new StepFailed(`demo/${page}.html has lost its place for the link to the documentation`);
    const withLink = text.replace(SITE_LINK, '<li><a href="../index.html">Docs</a></li>');
    // Whoever shows a preview of a link follows whole addresses only.
    const address = SITE_ORIGIN === undefined ? "." : `${SITE_ORIGIN}${SITE_BASE}demo`;
    await writeFile(file, withLink.replace('property="og:image" content="./', `property="og:image" content="${address}/`));
  }
}

/**
 * The reference of the API; fails on links that lead nowhere.
 *
 * @param {{ force?: boolean }} [options] whether it is made anew where nothing has changed, too
 */
export function buildApi({ force = false } = {}) {
  const inputs = [...TYPESCRIPT, "typedoc.json", "package-lock.json"];
  return step("api", { inputs, outputs: [API], force }, () =>
    runTool("typedoc", "bin/typedoc", ["--out", API], { isQuiet: true }),
  );
}
