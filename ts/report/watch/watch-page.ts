import { accuracyBy, decisionsIn } from "../../decisions.js";
import { type Content, html, type Markup } from "../markup.js";
import { page, type Section } from "../page.js";
import { facts } from "../parts.js";
import { DECISION_TEXTS } from "../result/answers.js";
import { curves, rasters } from "../result/figures.js";
import { warning } from "../result/result-page.js";
import { errorText, grouped, percent } from "../result/texts.js";
import { lossCurve } from "./loss-curve.js";
import type { RunState } from "./run-state.js";
import type { SampleAnswers } from "./sample-answers.js";

/** Content of a page about a running training. */
export interface WatchPageContent {
  /** Name of the training. */
  name: string;
  /** What the page says where the server no longer answers. */
  lost: string;
  run: RunState;
  /** Answers of the network now, or the reason why there are none. */
  answers: SampleAnswers | string;
  /** Names of files that the server has. */
  files: readonly string[];
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

export function watchPage(content: WatchPageContent): string {
  const { name, lost, run, answers, nonce, files } = content;
  const sections: readonly (Section | undefined)[] = [
    run.warnings.length > 0 ? { title: "Warnings", content: run.warnings.map(warning) } : undefined,
    run.losses.length > 1 ? { title: "Loss", content: lossCurve(run.losses), isHalf: true } : undefined,
    run.epochs.length > 0 ? { title: "Learning", content: curves(run.epochs, run.decision), isHalf: true } : undefined,
    {
      title: "Samples",
      content: typeof answers === "string" ? html`<p>${answers}</p>\n` : rasters(answers),
    },
    files.length > 0 ? { title: "Files", content: links(files) } : undefined,
  ];
  return page({
    title: `${stateOf(run)}: ${name}`,
    lead: [
      html`<p id="connection" class="warning" role="status" data-lost="${lost}" hidden></p>\n<div id="lead">${lead(run)}</div>\n`,
    ],
    sections: sections.filter((section) => section !== undefined),
    script: { text: SCRIPT, nonce },
  });
}

function stateOf({ end, isStarted }: RunState): string {
  return end ?? (isStarted ? "training" : "waiting");
}

function lead(run: RunState): Content {
  const { step, epochs, failure, time } = run;
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
    for (const decision of decisionsIn(metrics, run.decision)) {
      if (decision !== "none") known.push([`${part}, ${DECISION_TEXTS[decision]}`, percent(accuracyBy(decision, metrics))]);
    }
    if (metrics.meanSquaredError !== undefined) known.push([`${part}, squared error`, errorText(metrics.meanSquaredError)]);
  }
  if (time !== undefined) known.push(["last event", `${time.slice(0, 19).replace("T", " ")} UTC`]);
  return [failure === undefined ? undefined : html`<p class="warning">${failure}</p>\n`, progress(run), facts(known)];
}

/** How far the training is; nothing once it has ended, or where its length is not known. */
function progress({ isStarted, end, epochs, totalEpochs, step }: RunState): Content {
  if (!isStarted || end !== undefined || totalEpochs === undefined) return undefined;
  const done = (epochs.at(-1)?.epoch ?? 0) + (step === undefined ? 0 : step.batch / step.batches);
  const part = Math.min(1, done / totalEpochs);
  const label = `${Math.floor(100 * part)} %, epoch ${Math.min(totalEpochs, Math.floor(done) + 1)} of ${totalEpochs}`;
  return html`<p class="progress"><progress max="1" value="${part.toFixed(4)}" aria-label="progress of the training">${label}</progress> ${label}</p>\n`;
}

function links(names: readonly string[]): Markup {
  return html`<ul>${names.map((name) => html`<li><a href="${name}">${name}</a></li>\n`)}</ul>\n`;
}
