// The page of the benchmark: a button for people, `bench` for the script that drives it.
import { loadBackend } from "spikelet/backend";
import { digitsOf, Target } from "../benches/js/target.mjs";
import { spread } from "../dist/cli/bench/statistics.js";
import { median } from "../dist/spread.js";
import { enable, onPress } from "./page/button.ts";

const BATCH = 16;
const SECONDS = 5;
/** As many as the other targets get. */
const SAMPLES = 2048;

async function openTarget({ workers = 1, batch = BATCH } = {}) {
  const { body } = await fetch("./digits.bin");
  const bytes = await new Response(body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  const samples = digitsOf(new Uint8Array(bytes)).slice(0, SAMPLES);
  return Target.open(await loadBackend("auto", { workers }), samples, batch);
}

const start = document.querySelector("#start");
const state = document.querySelector("#state");
const figures = document.querySelector("#figures");

onPress(start, async () => {
  enable(start, false);
  figures.replaceChildren();
  try {
    state.textContent = "getting ready …";
    const target = await openTarget();
    for (const [phase, words] of [
      ["train", "training"],
      ["infer", "inference"],
    ]) {
      state.textContent = `${words} …`;
      const rates = await target.rates(phase, SECONDS);
      show(`${words}, samples per second`, `${Math.round(median(rates))} ± ${(50 * spread(rates)).toFixed(1)} %`);
    }
    for (const [name, seconds] of Object.entries(await target.crossings())) show(name, `${(seconds * 1e6).toFixed(0)} µs`);
    target.close();
    state.textContent = "done";
  } catch (thrown) {
    state.textContent = String(thrown);
  } finally {
    enable(start, true);
  }
});

function show(name, figure) {
  const row = figures.insertRow();
  row.insertCell().textContent = name;
  row.insertCell().textContent = figure;
}

globalThis.bench = openTarget;
document.documentElement.dataset["ready"] = "true";
