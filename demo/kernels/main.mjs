// The page of kernels: what is chosen goes to a worker, and what it measures into a table.
import { recordText, shapeText, timeText } from "../../dist/kernels/format.js";
import { announce } from "../page/announce.ts";
import { enable, onPress } from "../page/button.ts";
import { byId, element } from "../page/element.ts";
import { say, sayFailure } from "../page/state.ts";

const [kernel, whole] = [byId("kernel", HTMLSelectElement), byId("whole", HTMLInputElement)];
const [start, save] = [byId("start", HTMLButtonElement), byId("save", HTMLButtonElement)];
const progress = byId("progress", HTMLProgressElement);
const [table, body] = [byId("table", HTMLTableElement), byId("lines", HTMLTableSectionElement)];

let worker;
let record;
let isMeasuring = false;

/** Tells what went wrong: on the page, to a screen reader and in the console. */
function failed(thrown) {
  sayFailure(thrown.message);
  announce(thrown.message);
  console.warn(thrown);
}

/** Starts a worker, which says what there is. */
async function open() {
  worker = new Worker(new URL("./kernels-worker.mjs", import.meta.url), { type: "module" });
  const failure = ({ message }) => new Error(message || "the worker can't be loaded");
  const names = await new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => resolve(data.names), { once: true });
    worker.addEventListener("error", (event) => reject(failure(event)), { once: true });
  });
  worker.addEventListener("message", ({ data }) => take(data));
  worker.addEventListener("error", (event) => {
    failed(failure(event));
    end();
  });
  return names;
}

function measure() {
  worker.postMessage({ names: kernel.value === "" ? [] : [kernel.value], isWhole: whole.checked });
  isMeasuring = true;
  body.replaceChildren();
  progress.removeAttribute("value");
  progress.hidden = false;
  start.textContent = "Stop";
  enable(save, false);
  say("measuring what this browser can do at best …");
}

/** Takes a message of the worker that measures. */
function take({ ceilings, total, line, record: complete }) {
  if (ceilings !== undefined) {
    byId("ceiling", HTMLElement).textContent = ceilingText(ceilings[0]);
    progress.max = total;
    progress.value = 0;
  }
  if (line !== undefined) show(line);
  if (complete === undefined) return;
  record = complete;
  const sentence = `Measured ${body.rows.length} ${body.rows.length === 1 ? "shape" : "shapes"}.`;
  say(sentence);
  announce(sentence);
  enable(save, true);
  end();
}

function end() {
  isMeasuring = false;
  progress.hidden = true;
  start.textContent = "Measure";
}

/** Ends the worker, whatever it is at, and starts another. */
async function stop() {
  worker.terminate();
  end();
  enable(start, false);
  say("Stopped.");
  await open();
  enable(start, true);
}

function ceilingText({ streams, operationsPerSecond }) {
  const [near, far] = [streams[0], streams.at(-1)].map(({ bytesPerSecond }) => (bytesPerSecond / 1e9).toFixed(1));
  const arithmetic = (operationsPerSecond / 1e9).toFixed(1);
  return `This browser: ${near} GB/s from the nearest cache, ${far} GB/s from memory, ${arithmetic} G operations/s.`;
}

/** Shows a kernel, or the twin that completes its row. */
function show({ kernel: name, shape, share, nanoseconds, ratio }) {
  if (share === undefined) {
    body.rows[body.rows.length - 1].cells[4].textContent = `× ${(1 / ratio.median).toFixed(2)}`;
    progress.value += 1;
    return;
  }
  table.hidden = false;
  const percent = Math.round(100 * share.ofCeiling);
  const meter = element("meter", { value: String(share.ofCeiling), "aria-label": `${name}: share of the ceiling` });
  body.append(
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", {}, meter, ` ${percent} %`),
      element("td", {}, share.bound),
      element("td", {}, timeText(nanoseconds.median)),
      element("td"),
      element("td", { class: "shape" }, shapeText(shape)),
    ),
  );
  say(`measuring ${name} …`);
}

function download() {
  const url = URL.createObjectURL(new Blob([recordText(record)], { type: "application/json" }));
  element("a", { href: url, download: "kernels.json" }).click();
  URL.revokeObjectURL(url);
}

open()
  .then((names) => {
    kernel.append(...names.map((name) => element("option", { value: name }, name)));
    onPress(start, () => (isMeasuring ? void stop().catch(failed) : measure()));
    onPress(save, download);
    enable(start, true);
    say("Ready.");
    document.documentElement.dataset.state = "ready";
  })
  .catch((thrown) => {
    failed(thrown);
    document.documentElement.dataset.state = "failed";
  });
