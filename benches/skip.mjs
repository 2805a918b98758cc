// node benches/skip.mjs: what a skip costs. A network of two ways, stem → one → two → head and stem → head, whose spikes or whose currents
// add, beside two networks with one of the ways each, which train in turns with it on one thread. Prints the speed beside that of the
// parts: their time is that of both networks, less that of a stem alone.
//
// node benches/skip.mjs --rounds 9 --seconds 1
import { loadBackend } from "../dist/backend.js";
import { CASES } from "../dist/cli/bench/cases.js";
import { BenchSession } from "../dist/cli/bench/session.js";
import { pairedRatio } from "../dist/kernels/statistics.js";
import { inTurns } from "../dist/kernels/turns.js";
import { median } from "../dist/spread.js";
import { wordsOf } from "./shared/words.mjs";

const words = wordsOf({ rounds: "9", seconds: "1" });

const { config, weightScale, samples } = CASES.residual;
const conv = { type: "conv2d", channels: 16, kernel: 3, padding: 1 };
const stem = { ...conv, name: "stem" };
const deep = [stem, { ...conv, name: "one" }, { ...conv, name: "two" }];
const head = (/** @type {object} */ inputs) => ({ ...conv, ...inputs });
const both = { from: "two", inputs: [{ type: "conv2d", kernel: 3, padding: 1, from: "stem" }] };
/** @type {Record<string, object[]>} */
const NETWORKS = {
  stem: [stem],
  chain: [...deep, head({})],
  skip: [stem, head({})],
  "spikes add": [...deep, head({ from: ["stem", "two"] })],
  "currents add": [...deep, head(both)],
};

const data = (await samples({})).slice(0, 64);
const backend = await loadBackend();
const sessions = await Promise.all(
  Object.values(NETWORKS).map((hidden) => {
    const layers = [...hidden, { type: "globalAvgPool" }, { type: "dense", units: 10 }];
    const training = { ...config.training, batchSize: 16, threads: 1 };
    return BenchSession.open({ ...config, network: { ...config.network, layers }, training }, data, { backend, weightScale });
  }),
);
const [stems = [], chains = [], skips = [], ...whole] = await inTurns(
  sessions.map((session) => () => secondsOfSample(session)),
  { rounds: Number(words.rounds) },
);
const parts = chains.map((chain, round) => chain + skips[round] - stems[round]);
const names = Object.keys(NETWORKS);
for (const [index, session] of sessions.entries()) {
  const spikes = (await session.spikesPerUnit()).map((rate) => rate.toFixed(2)).join(", ");
  const times = [stems, chains, skips, ...whole][index];
  process.stdout.write(`${names[index]}: ${Math.round(1e6 * median(times))} µs a sample; spikes per unit ${spikes}\n`);
}
for (const [index, times] of whole.entries()) {
  const { median, low, high } = pairedRatio(parts, times);
  const [speed, from, to] = [median, low, high].map((ratio) => ratio.toFixed(2));
  process.stdout.write(`${names[index + 3]}: ${speed} (${from} to ${to}) times the speed of the parts\n`);
}

/** Seconds of the processor. @param {BenchSession} session */
async function secondsOfSample(session) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  let count = 0;
  while (count === 0 || performance.now() - start < 1000 * Number(words.seconds)) count += await session.train();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / count;
}
