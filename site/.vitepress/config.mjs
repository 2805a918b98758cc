import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig } from "vitepress";
import { ROOT } from "../../scripts/stamps.mjs";
import { SECTIONS } from "../map.mjs";
import { SEARCH } from "../search.mjs";
import { PAGES } from "../stage.mjs";
import { SCENES } from "../trying/scenes.mjs";

const API = { text: "API", link: "/reference/api/" };

/** Address of the repository, where a workflow says it. */
const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server = "https://github.com", SITE_BASE: base = "/" } = process.env;

/** Stands in where a reader allows no storage: without any, neither search nor menu would work. */
const NO_STORAGE = "{ getItem: () => null, setItem() {}, removeItem() {} }";

const sidebar = SECTIONS.map(({ text, pages }) => {
  const items = pages.map(([, title, place]) => ({ text: title, link: linkOf(place) }));
  return { text, items: text === "Reference" ? items.toSpliced(2, 0, API) : items };
});

const sections = SECTIONS.map(({ text, pages: [[, , place = ""] = []] }) => {
  return { text, link: linkOf(place), activeMatch: `/${text.toLowerCase()}/` };
});
const demo = process.env["SITE_DEMO"] === undefined ? [] : [{ text: "Demo", link: "/demo/index.html", target: "_self" }];

export default defineConfig({
  title: "Spikelet",
  description: "Trains spiking neural networks in TypeScript, on a Rust core, in Node and in web pages.",
  lang: "en-GB",
  base,
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }],
    ["script", {}, `try { localStorage } catch { Object.defineProperty(window, "localStorage", { value: ${NO_STORAGE} }) }`],
  ],
  srcDir: PAGES,
  outDir: join(ROOT, ".cache/site/dist"),
  cacheDir: join(ROOT, ".cache/site/cache"),
  // Copies of files of the repository, which are no pages.
  ignoreDeadLinks: [/\/files\//],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    // Braces are mathematics here, no attributes.
    attrs: { disable: true },
    anchor: { slugify },
    config: (markdown) => {
      markdown.core.ruler.push("corners", corners);
      markdown.core.ruler.push("lengths", lengths);
      markdown.renderer.rules.image = inBothSchemes(markdown.renderer.rules.image);
      // Equations: indented text scrolls as other code does.
      const { rules } = markdown.renderer;
      rules.code_block = (tokens, k, ...others) => {
        Object.assign(tokens[k] ?? {}, { info: "txt" });
        return rules.fence?.(tokens, k, ...others) ?? "";
      };
    },
  },
  themeConfig: {
    logo: "/logo.svg",
    nav: [...sections, ...demo],
    sidebar,
    outline: [2, 3],
    search: { provider: "local", options: { miniSearch: { searchOptions: SEARCH } } },
    socialLinks: repository === undefined ? [] : [{ icon: "github", link: `${server}/${repository}` }],
    notFound: {
      title: "Page not found",
      quote: "It may have another address now; the search finds it.",
      linkText: "To the start",
      linkLabel: "To the start",
    },
    docFooter: { prev: "Previous page", next: "Next page" },
  },
});

/** @param {string} place */
function linkOf(place) {
  return `/${place.replace(/(index)?\.md$/, "")}`;
}

/** Names headings as GitHub does, so that links to them hold in both places.
 * @param {string} heading */
function slugify(heading) {
  const text = heading.trim().toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
}

/** Shows a figure as the reader has chosen, light or dark, and some that readers can change; WebKit does not tell the scheme of the
 * page to an image.
 * @param {import("markdown-it").Renderer.RenderRule | undefined} image */
function inBothSchemes(image) {
  /** @type {import("markdown-it").Renderer.RenderRule} */
  return (tokens, k, ...others) => {
    const token = tokens[k];
    const source = token?.attrGet("src") ?? "";
    if (image === undefined || token === undefined) return "";
    if (!/figures\/[^/]+\.svg$/.test(source)) return image(tokens, k, ...others);
    const isMoving = existsSync(join(PAGES, "figures", basename(source).replace(/svg$/, "still.light.svg")));
    const motions = isMoving ? ["moving", "still"] : [""];
    const images = motions.flatMap((motion) =>
      ["light", "dark"].map((scheme) => {
        token.attrSet("src", source.replace(/svg$/, `${motion === "still" ? "still." : ""}${scheme}.svg`));
        token.attrSet("class", `${scheme}-figure${motion === "" ? "" : ` ${motion}-figure`}`);
        return image(tokens, k, ...others);
      }),
    );
    const name = basename(source, ".svg");
    return name in SCENES ? `<FigureToTry name="${name}">${images.join("")}</FigureToTry>` : images.join("");
  };
}

/** An empty corner of a table is no heading.
 * @param {{ tokens: { type: string, tag: string, content: string }[] }} state */
function corners({ tokens }) {
  tokens.forEach((token, k) => {
    if (token.type !== "th_open" || tokens[k + 1]?.content !== "") return;
    token.tag = "td";
    for (const end of tokens.slice(k + 2, k + 3)) end.tag = "td";
  });
}

/** Letters of a cell that a phone keeps on one line, and of one that it gives more room. */
const [BRIEF, PROSE] = [14, 60];

/** Tells long cells of tables from short ones.
 * @param {{ tokens: import("markdown-it").Token[] }} state */
function lengths({ tokens }) {
  tokens.forEach((token, k) => {
    if (token.type !== "td_open") return;
    const { length } = tokens[k + 1]?.content ?? "";
    if (length > PROSE) token.attrJoin("class", "prose");
    else if (length <= BRIEF) token.attrJoin("class", "brief");
  });
}
