import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SITE } from "../../scripts/site.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { FURTHER, SECTIONS } from "../../site/map.mjs";
import { complaintsOf } from "../browser/chromium.js";
import { type OpenSite, openSite } from "./open-site.js";

const AXE = fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));

/** Pages of the sidebar, and the home page. */
const PAGES = ["index.html", ...SECTIONS.flatMap(({ pages }) => pages.map(([, , place]) => place.replace(/md$/, "html")))];

let site: OpenSite;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

it("has every page of docs/ once, and at most 34 of all pages in its sidebar", () => {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const inSidebar = SECTIONS.flatMap(({ pages }) => pages.map(([file]) => file));
  const listed = [...inSidebar, ...FURTHER.map(([file]) => file)].filter((file) => file.startsWith("docs/"));
  const notes = /^results\/notes\//;
  const expected = pages.map((name) => name.replaceAll("\\", "/")).filter((name) => !notes.test(name));
  expect(listed.toSorted()).toEqual(expected.map((name) => `docs/${name}`).toSorted());
  expect(inSidebar.length).toBeLessThanOrEqual(34);
});

it("has no link, heading or figure that is not there", () => {
  const files = readdirSync(SITE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const documents = new Map(files.map((file) => [file, parseHTML(readFileSync(join(SITE, file), "utf8")).document]));
  const dead: string[] = [];
  for (const [file, document] of documents) {
    if (file === "404.html") continue;
    for (const element of document.querySelectorAll("a[href], img[src], link[href]")) {
      const address = element.getAttribute("href") ?? element.getAttribute("src") ?? "";
      if (/^[a-z]+:/.test(address)) continue;
      const [path = "", fragment = ""] = address.split("#");
      const absolute = path.startsWith("/") ? path.slice(1) : path === "" ? file : posix.join(dirname(file), path);
      const target = absolute === "" || absolute.endsWith("/") ? `${absolute}index.html` : absolute;
      const isThere = existsSync(join(SITE, decodeURI(target)));
      const heading = decodeURIComponent(fragment);
      // TypeDoc numbers headings of the same name in its own way.
      const named =
        file.startsWith("reference/api/") || fragment === "" || documents.get(target)?.getElementById(heading) !== null;
      if (!isThere || !named) dead.push(`${file}: ${address}`);
    }
  }
  expect(files.length).toBeGreaterThan(25);
  expect(dead).toEqual([]);
});

/** For a look at the pages, where the environment names a folder. */
async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env["SPIKELET_SCREENSHOTS"];
  if (folder) await page.screenshot({ path: join(folder, `${name.replaceAll(/[/.]/g, "-")}.png`), fullPage: true });
}

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
  });
}

it.each(PAGES)("%s fits a telephone, without complaints and accessibility violations", async (path) => {
  const page = await site.browser.newPage({ viewport: { width: 375, height: 800 }, reducedMotion: "reduce" });
  const complaints = complaintsOf(page);
  await page.goto(site.url + path);
  await keep(page, path);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

it.each(PAGES)("%s fits a tablet", async (path) => {
  const page = await site.browser.newPage({ viewport: { width: 768, height: 1024 } });
  await page.goto(site.url + path);
  // The site that is published has a link to the demo, too.
  await page
    .locator(".VPNavBarMenuLink")
    .first()
    .evaluate((link) => {
      const another = link.cloneNode(true);
      another.textContent = "Demo";
      link.after(another);
    });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(768);
  await page.close();
});

it.each(["index.html", "guides/troubleshooting.html", "reference/commands.html"])(
  "%s can be read on a desk in the dark",
  async (path) => {
    const page = await site.browser.newPage({
      viewport: { width: 1280, height: 900 },
      colorScheme: "dark",
      reducedMotion: "reduce",
    });
    await page.goto(site.url + path);
    await keep(page, `${path}-dark`);
    expect(await violations(page)).toEqual([]);
    await page.close();
  },
);

it("has figures for the light and the dark, whichever a reader chooses", async () => {
  const page = await site.browser.newPage({
    viewport: { width: 1280, height: 900 },
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  await page.goto(`${site.url}learn/spiking-networks.html`);
  const scheme = async () => {
    const shown = await page
      .locator(".vp-doc img")
      .evaluateAll((all) =>
        all.filter((one) => getComputedStyle(one).display !== "none").map((one) => (one as HTMLImageElement).src),
      );
    const texts = await Promise.all(shown.map(async (source) => (await page.request.get(source)).text()));
    // A figure that asks the system gets its scheme and not the chosen one; in WebKit, always.
    expect(texts.filter((text) => text.includes("prefers-color-scheme"))).toEqual([]);
    return [...new Set(shown.map((source) => /\.(light|dark)\b/.exec(source)?.[1] ?? source))].join();
  };
  const chosen = () => page.locator("html").evaluate((html) => (html.classList.contains("dark") ? "dark" : "light"));
  expect([await chosen(), await scheme()]).toEqual(["dark", "dark"]);
  // The switch listens once the script of the page has run.
  await expect
    .poll(async () => {
      if ((await chosen()) === "dark") await page.locator(".VPNavBarAppearance button").click();
      return chosen();
    })
    .toBe("light");
  expect(await scheme()).toBe("light");
  await page.close();
});

it.each([
  ["reduce", "still"],
  ["no-preference", "moving"],
] as const)("shows the figure that moves as readers ask for it: %s", async (reducedMotion, shown) => {
  const page = await site.browser.newPage({ reducedMotion });
  await page.goto(site.url);
  const images = await page
    .locator(".opening img")
    .evaluateAll((all) => all.filter((one) => getComputedStyle(one).display !== "none").map(({ className }) => className));
  expect(images).toEqual([`light-figure ${shown}-figure`]);
  await page.close();
});

it.each(["guides/browser.html", "results/verdict.html", "reference/specification.html"])("%s fits on paper", async (path) => {
  // A4 with margins of a centimetre.
  const page = await site.browser.newPage({ viewport: { width: 718, height: 1046 } });
  await page.goto(site.url + path);
  await page.emulateMedia({ media: "print" });
  const cut = await page
    .locator(".vp-doc *")
    .evaluateAll((all) =>
      all
        .filter((one) => /auto|scroll|hidden/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1)
        .map(({ tagName, textContent }) => `${tagName} ${textContent?.trim().slice(0, 40)}`),
    );
  expect(cut).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(718);
  expect(await page.locator(".VPNav").isVisible()).toBe(false);
  await page.close();
});

it("says plainly that there is no such page", async () => {
  const page = await site.browser.newPage();
  await page.goto(`${site.url}404.html`);
  await page.getByRole("heading", { name: "Page not found", exact: true }).waitFor();
  expect(await page.locator(".NotFound a").getAttribute("aria-label")).toBe(await page.locator(".NotFound a").textContent());
  await page.close();
});
