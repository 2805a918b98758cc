// node benches/shards.mjs: one epoch from a folder of shards and from memory in turns, each in a process of its own: samples per second, also of
// the time of all cores (which other work on the machine hardly changes), and peak memory. The events are made up: 700 inputs, 100 steps,
// 8,000 spikes per sample, about 48 kB; --hidden says how many units learn from them. From memory as many samples are taken as
// --memory-megabytes says; the speed does not depend on how many there are.
//
// node benches/shards.mjs --megabytes 10000 --memory-megabytes 1000 --rounds 5 --threads 1,auto --hidden 128 --dir /fast/disk
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTrainer, datasets, SpikeEvents } from "../dist/index.js";
import { median } from "../dist/spread.js";
import { wordsOf } from "./shared/words.mjs";

const INPUTS = 700;
const STEPS = 100;
const SPIKES = 8000;
const SAMPLE_BYTES = 4 + 6 * SPIKES;
const CLASSES = 20;
/** Samples that are made at a time. */
const PART = 500;

const words = wordsOf({
  megabytes: "10000",
  "memory-megabytes": "1000",
  rounds: "5",
  threads: "auto",
  hidden: "128",
  dir: tmpdir(),
  role: "all",
});
const samplesOf = (megabytes) => Math.max(1, Math.floor((Number(megabytes) * 1e6) / SAMPLE_BYTES));

if (words.role === "all") compare();
else await train();

/** Made events, a part at a time. */
function* made(samples) {
  let state = 1;
  const below = (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  for (let start = 0; start < samples; start += PART) {
    const count = Math.min(PART, samples - start);
    const offsets = Uint32Array.from({ length: count + 1 }, (_, k) => k * SPIKES);
    const times = new Uint16Array(count * SPIKES).map((_, k) => Math.floor(((k % SPIKES) * STEPS) / SPIKES));
    const labels = Uint32Array.from({ length: count }, () => below(CLASSES));
    // The spikes of a class lie around places of its own; those of a step are sorted.
    const units = new Uint32Array(count * SPIKES);
    const perStep = SPIKES / STEPS;
    for (let at = 0; at < units.length; at += perStep) {
      const label = labels[Math.floor(at / SPIKES)];
      const step = Uint32Array.from({ length: perStep }, () => (label * 35 + below(350)) % INPUTS).sort();
      units.set(step, at);
    }
    yield datasets.fromSpikes({ spikes: new SpikeEvents({ offsets, times, units }), labels, shape: [INPUTS], name: "made" });
  }
}

async function compare() {
  const dir = mkdtempSync(join(words.dir, "spikelet-shards-"));
  try {
    const shards = join(dir, "shards");
    const { samples, bytes } = await datasets.packShards(made(samplesOf(words.megabytes)), {
      dir: shards,
      samplesPerShard: 2000,
    });
    print({ made: { samples, bytes } });
    for (const threads of words.threads.split(",")) print({ threads, ...compareWith(threads, shards) });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function compareWith(threads, shards) {
  const found = { memory: [], shards: [] };
  for (let round = 0; round < Number(words.rounds); round++) {
    for (const role of round % 2 === 0 ? ["memory", "shards"] : ["shards", "memory"]) {
      const epoch = child(role, shards, threads);
      print({ threads, round, role, ...epoch });
      found[role].push(epoch);
    }
  }
  const summary = (role) => ({
    samplesPerSecond: median(found[role].map((epoch) => epoch.samplesPerSecond)),
    samplesPerCoreSecond: median(found[role].map((epoch) => epoch.samplesPerCoreSecond)),
    peakBytes: Math.max(...found[role].map((epoch) => epoch.peakBytes)),
  });
  const [memory, stored] = [summary("memory"), summary("shards")];
  const share = stored.samplesPerSecond / memory.samplesPerSecond;
  return { memory, shards: stored, share, shareOfCores: stored.samplesPerCoreSecond / memory.samplesPerCoreSecond };
}

function child(role, dir, threads) {
  const options = { role, dir, threads, hidden: words.hidden, "memory-megabytes": words["memory-megabytes"] };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function train() {
  const stored = await datasets.shards({ dir: words.dir });
  const data = words.role === "memory" ? await stored.slice(0, samplesOf(words["memory-megabytes"])).load() : stored;
  const layers = [Number(words.hidden), CLASSES].map((units) => ({ type: "dense", units }));
  const threads = words.threads === "auto" ? "auto" : Number(words.threads);
  const config = {
    network: { input: INPUTS, steps: STEPS, layers },
    loss: { type: "count" },
    // From memory the first epoch counts the way of the data into the core, and is left out.
    training: { batchSize: 64, epochs: words.role === "memory" ? 2 : 1, threads },
  };
  const trainer = await createTrainer(config);
  let [begun, used] = [performance.now(), process.cpuUsage()];
  for await (const event of trainer.run(data)) {
    if (event.type !== "epochEnd" || event.epoch === event.epochs) continue;
    [begun, used] = [performance.now(), process.cpuUsage()];
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(used);
  trainer.dispose();
  const samplesPerCoreSecond = (1e6 * data.length) / (user + system);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  print({ samples: data.length, seconds, samplesPerSecond: data.length / seconds, samplesPerCoreSecond, peakBytes });
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
