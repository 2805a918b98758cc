/** Programs that can't run somewhere, why, and what they say there. */
export interface Lack {
  readonly pages: readonly string[];
  readonly places: readonly string[];
  readonly why: string;
  readonly says: RegExp;
}

const BROWSERS = ["Chromium", "Firefox", "WebKitGTK"];
const OF_NODE = /has been externalized for browser compatibility/;

export const LACKS: readonly Lack[] = [
  {
    pages: ["docs/guides/exchange.md"],
    places: BROWSERS,
    why: "a page gives the package `h5wasm` to `importNir` and `exportNir` itself",
    says: /h5wasm.*in a page pass it/,
  },
  {
    pages: ["docs/guides/figures.md", "docs/guides/sweeps.md", "docs/reference/runs-and-metrics.md"],
    places: BROWSERS,
    why: "`spikelet/report` and `spikelet/study` write files and are for Node",
    says: OF_NODE,
  },
  {
    pages: ["docs/learn/getting-started.md", "docs/learn/your-data.md"],
    places: BROWSERS,
    why: "a page saves as a download, and `load` fetches: what was saved is not at an address",
    says: /can't be fetched/,
  },
  {
    pages: ["docs/guides/streams.md"],
    places: BROWSERS,
    why: "its bars move in a terminal",
    says: /process is not defined|Can't find variable: process/,
  },
  {
    pages: ["docs/results/reliability.md"],
    places: BROWSERS,
    why: "a page has no addon to compare with",
    says: /a page has no addons/,
  },
];

/** Why the program of a page can't run in a place, `undefined` where it can. */
export function lackOf(page: string, place: string): Lack | undefined {
  return LACKS.find(({ pages, places }) => pages.includes(page) && places.includes(place));
}
