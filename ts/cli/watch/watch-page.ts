import { accuracyBy, decisionsIn } from "../../decisions.js";
import { type Content, html, type Markup } from "../../report/markup.js";
import { page, type Section } from "../../report/page.js";
import { facts } from "../../report/parts.js";
import { type Plots, WITHOUT_PLOTS } from "../../report/plots.js";
import { errorText, grouped, percent } from "../print.js";
import { quoted } from "../quoted.js";
import { DECISION_TEXTS } from "../report/answers.js";
import { curves, rasters } from "../report/figures.js";
import { warning } from "../report/result-page.js";
import type { Sight } from "./sight.js";
import type { Seen } from "./watched-run.js";

/** Content of a page about a running training. */
export interface Watching {
  dir: string;
  seen: Seen;
  /** How the network answers now, or why that is not known. */
  sight: Sight | string;
  /** Whether the report is there. */
  hasReport: boolean;
  plots: Plots | undefined;
  nonce: string;
}

/** Puts in what has changed as soon as the server says so. */
const SCRIPT = `
const state = document.getElementById("connection");
const source = new EventSource("changes");
let isBusy = false, isDue = false;
// What has changed since the page was made, nobody has told it.
source.onopen = () => { state.hidden = true; refresh() };
source.onerror = () => {
  state.hidden = false;
  state.textContent = state.dataset.lost;
};
source.onmessage = refresh;
async function refresh() {
  isDue = true;
  if (isBusy) return;
  isBusy = true;
  try {
    while (isDue) {
      isDue = false;
      const response = await fetch(location.href);
      if (!response.ok) throw new Error(response.statusText);
      show(new DOMParser().parseFromString(await response.text(), "text/html"));
    }
    state.hidden = true;
  } catch { source.onerror() }
  isBusy = false;
}
function show(fresh) {
  document.title = fresh.title;
  for (const name of ["h1", "#lead"]) document.querySelector(name).replaceWith(fresh.querySelector(name));
  // A section that is the same keeps its focus. New ones come before the others, so those at the end are compared first.
  const main = document.querySelector("main");
  const [before, now] = [main, fresh.querySelector("main")].map(({ children }) => [...children].reverse());
  now.forEach((section, k) => {
    if (before[k] === undefined) main.prepend(section);
    else if (before[k].outerHTML !== section.outerHTML) before[k].replaceWith(section);
  });
  before.slice(now.length).forEach((section) => section.remove());
}
`;

export function watchPage(watching: Watching): string {
  const { dir, seen, sight, plots, nonce } = watching;
  const lost = `The server does not answer: what stands here is the last that it told. spikelet serve ${quoted(dir)} shows it again.`;
  const sections: readonly (Section | undefined)[] = [
    seen.warnings.length > 0 ? { title: "Warnings", content: seen.warnings.map(warning) } : undefined,
    plots && seen.epochs.length > 0 ? { title: "Learning", content: curves(plots, seen.epochs, seen.decision) } : undefined,
    { title: "Samples", content: plots && typeof sight !== "string" ? rasters(plots, sight) : html`<p>${String(sight)}</p>\n` },
    { title: "Files", content: files(watching) },
  ];
  return page({
    title: `${stateOf(seen)}: ${dir}`,
    lead: [
      html`<p id="connection" class="warning" role="status" data-lost="${lost}" hidden></p>\n<div id="lead">${lead(seen, plots)}</div>\n`,
    ],
    sections: sections.filter((section) => section !== undefined),
    script: { text: SCRIPT, nonce },
  });
}

function stateOf({ end, started }: Seen): string {
  return end ?? (started === undefined ? "waiting" : "training");
}

function lead(seen: Seen, plots: Plots | undefined): Content {
  const { step, epochs, failure, time } = seen;
  const last = epochs.at(-1);
  const known: (readonly [string, string])[] = [];
  if (step !== undefined) {
    known.push(["epoch", `${step.epoch}, batch ${step.batch} of ${step.batches}`]);
    known.push(["loss in this epoch", step.running.loss.toPrecision(4)]);
    known.push(["spikes per sample", step.running.spikesPerSample.toFixed(1)]);
    known.push(["samples per second", grouped(step.samplesPerSecond)]);
  }
  if (last !== undefined) {
    const [part, metrics] = last.validation === null ? ["training", last.train] : ["validation", last.validation];
    known.push(["epochs done", `${last.epoch} of ${last.epochs}`]);
    for (const decision of decisionsIn(metrics, seen.decision)) {
      if (decision !== "none") known.push([`${part}, ${DECISION_TEXTS[decision]}`, percent(accuracyBy(decision, metrics))]);
    }
    if (metrics.meanSquaredError !== undefined) known.push([`${part}, squared error`, errorText(metrics.meanSquaredError)]);
  }
  if (time !== undefined) known.push(["last event", `${time.slice(0, 19).replace("T", " ")} UTC`]);
  return [
    failure === undefined ? undefined : html`<p class="warning">${failure}</p>\n`,
    facts(known),
    plots ? undefined : html`<p class="warning">${WITHOUT_PLOTS}</p>\n`,
  ];
}

function files({ hasReport }: Watching): Markup {
  const names = ["events.ndjson", "history.csv", ...(hasReport ? ["report.html", "report.json"] : [])];
  return html`<ul>${names.map((name) => html`<li><a href="${name}">${name}</a></li>\n`)}</ul>\n`;
}
