// Copies the pages of the repository to where the site is built from, with links that hold there, and computes what its figures show.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { ROOT } from "../scripts/stamps.mjs";
import { PLACES } from "./map.mjs";
import { RUNS } from "./trying/runs.mjs";

/** What VitePress reads. */
export const PAGES = join(ROOT, ".cache/site/pages");

const LINK = /(\]\(|\b(?:href|src|srcset)=")([^)"\s]+)(?=[)"])/g;

/**
 * Writes the pages anew.
 *
 * @param {string} api folder with the reference of the API, as TypeDoc makes it
 */
export async function stage(api) {
  rmSync(PAGES, { recursive: true, force: true });
  cpSync(api, join(PAGES, "reference/api"), { recursive: true });
  cpSync(join(ROOT, "site/public"), join(PAGES, "public"), { recursive: true });
  cpSync(join(ROOT, "docs/figures"), join(PAGES, "figures"), { recursive: true });
  for (const name of readdirSync(join(PAGES, "figures"))) if (name.endsWith(".svg")) splitFigure(join(PAGES, "figures", name));
  const trying = join(PAGES, "public/trying");
  mkdirSync(trying, { recursive: true });
  for (const [name, compute] of Object.entries(RUNS)) {
    writeFileSync(join(trying, `${name}.json`), JSON.stringify(await compute()));
  }
  for (const [file, place] of places()) {
    const target = join(PAGES, place);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withLinks(readFileSync(join(ROOT, file), "utf8"), file, place));
  }
}

/** What a figure asks the system, which may have another scheme than the one that a reader has chosen on the site. */
const DARK = "(prefers-color-scheme: dark)";

/** What a figure that moves asks; browsers do not tell that to an image. */
const STILL = "(prefers-reduced-motion: reduce)";

/**
 * Writes a figure for the light and one for the dark beside it, and of one that moves both at rest.
 *
 * @param {string} file
 */
function splitFigure(file) {
  const text = readFileSync(file, "utf8");
  const variants = { [file.replace(/svg$/, "")]: text };
  if (text.includes(STILL)) variants[file.replace(/svg$/, "still.")] = text.replaceAll(STILL, "all");
  for (const [name, variant] of Object.entries(variants)) {
    writeFileSync(`${name}light.svg`, variant.replaceAll(DARK, "not all"));
    writeFileSync(`${name}dark.svg`, variant.replaceAll(DARK, "all"));
  }
}

/** Place on the site of each page, with the notes and records behind the results. */
function places() {
  return new Map([
    ...PLACES,
    ...pagesOf("docs/results/notes", "results/notes"),
    ...pagesOf("benches/results", "results/measured"),
  ]);
}

/**
 * @param {string} folder of the repository
 * @param {string} place of its pages on the site
 */
function pagesOf(folder, place) {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => /** @type {const} */ ([`${folder}/${name}`, `${place}/${name}`]));
}

/**
 * A page whose links lead to pages of the site, or to copies of the files that are none.
 *
 * @param {string} markdown
 * @param {string} file
 * @param {string} place
 */
function withLinks(markdown, file, place) {
  return markdown.replaceAll(LINK, (link, before, address) => {
    if (/^(#|\/|[a-z]+:)/.test(address)) return link;
    const [path = "", fragment] = address.split("#");
    const linked = posix.join(posix.dirname(file), path);
    const from = posix.dirname(place);
    const to = posix.relative(from, placeOf(linked, file));
    return `${before}${to.startsWith(".") ? to : `./${to}`}${fragment === undefined ? "" : `#${fragment}`}`;
  });
}

/**
 * @param {string} linked file of the repository
 * @param {string} by the page that links to it
 */
function placeOf(linked, by) {
  const place = places().get(linked);
  if (place !== undefined) return place;
  if (linked.startsWith("docs/figures/")) return linked.slice("docs/".length);
  const source = join(ROOT, linked);
  if (!existsSync(source) || statSync(source).isDirectory()) throw new Error(`${by} links to ${linked}, which is no file`);
  // Without an ending of its own, the site would take it for a page.
  const name = /\.(svg|csv|webp)$/.test(linked) ? linked : `${linked}.txt`;
  const copy = join(PAGES, "public/files", name);
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(source, copy);
  return `files/${name}`;
}
