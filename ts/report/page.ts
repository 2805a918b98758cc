import { darkRules } from "../plot/colours.js";
import { version } from "../version.js";
import { type Content, html, Markup } from "./markup.js";

export interface Section {
  title: string;
  content: Content;
  /** Whether it shares a row with the next section where the screen is wide. */
  isHalf?: boolean;
}

export interface Page {
  title: string;
  /** Introduction for the reader. */
  lead: Content;
  sections: readonly Section[];
  /** A script of a page that a server brings up to date; a page without one is a file that stands alone. */
  script?: { text: string; nonce: string };
}

/** What a browser lets a page do: be shown as it is, and run a script of that nonce, which may ask its server. */
export function policyOf(nonce?: string): string {
  const allowed = nonce === undefined ? "" : `; script-src 'nonce-${nonce}'; connect-src 'self'`;
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:${allowed}`;
}

/** A whole HTML file that needs nothing beside itself: no font, no network, and no script unless there is one within. */
export function page({ title, lead, sections, script }: Page): string {
  const code = script && html`<script nonce="${script.nonce}">${new Markup(script.text)}</script>\n`;
  const body = sections.map(
    ({ title, content, isHalf = false }) =>
      html`<section${isHalf ? HALF : undefined}>\n<h2>${title}</h2>\n${content}</section>\n`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="spikelet ${version}">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policyOf(script?.nonce))}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lead}</header>
<main>
${body}</main>
${code}</body>
</html>
`.text;
}

const HALF = new Markup(' class="half"');

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --panel: #f6f8fa; --warn: #9a3d00 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --panel: #151b23; --warn: #f0a36b }
}
${darkRules(".spikelet")}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 104rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.25 }
h2 { margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-size: 1.2rem }
p { margin: .5rem 0; max-width: 48rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem 1.25rem; margin: 1rem 0 }
dt, figcaption, .quiet { color: var(--quiet); font-size: .875rem }
dd { margin: 0; font-variant-numeric: tabular-nums }
.table { overflow-x: auto; margin-bottom: 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th:first-child { padding-left: 0; text-align: left }
thead :is(th, td) { color: var(--quiet); font-size: .875rem; font-weight: 600 }
tbody th { font-weight: 400 }
figure { margin: 0 0 1.25rem; min-width: 0; max-width: 48rem }
figure svg { display: block; width: 100% }
.gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem }
.answer { font-size: 1.15rem }
.with-sample { display: flex; gap: .75rem; align-items: center }
.sample { flex: none; width: 4.5rem; height: auto; border: 1px solid var(--line) }
.progress { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; max-width: none }
progress { flex: 1 1 16rem; height: 1rem; accent-color: #0072b2 }
@media (min-width: 75rem) {
  main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 3rem }
  section { grid-column: 1 / -1 }
  section.half { grid-column: auto }
}
.warning { margin: .75rem 0; padding: .5rem 1rem; border-left: 4px solid var(--warn); background: var(--panel) }
.warning strong, .wrong { color: var(--warn) }
pre { margin: .5rem 0; padding: 1rem; overflow-x: auto; background: var(--panel); font-size: .85rem }
summary { cursor: pointer }
code { font-size: .9em }
@media print {
  body { padding: 0 }
  figure { break-inside: avoid }
  th, td { padding: .2rem .3rem; font-size: .7rem; white-space: normal; overflow-wrap: anywhere; min-width: 3em }
  thead :is(th, td) { font-size: .7rem }
  pre { white-space: pre-wrap }
}
`;
