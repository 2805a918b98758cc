// Our side of the comparison: node ours.mjs CASE BATCH THREADS, then `train SECONDS` or `infer SECONDS` a line on stdin.
import { createInterface } from "node:readline";
import { loadBackend } from "../../dist/backend.js";
import { CASES } from "../../dist/cli/bench/cases.js";
import { peakMemory } from "../../dist/cli/bench/memory.js";
import { BenchSession } from "../../dist/cli/bench/session.js";
import { samples as samplesOf } from "./inputs.mjs";

const name = process.argv[2];
const [batchSize, threads] = process.argv.slice(3).map(Number);
const { config, weightScale, learnt } = CASES[name];
const backend = await loadBackend();
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

// The network of `spikelet bench`, which fires as those of the others do: after some updates or with larger initial weights.
const session = await BenchSession.open(
  { ...config, training: { ...config.training, batchSize, threads } },
  await samplesOf(name),
  {
    backend,
    weightScale,
    learnt,
  },
);
say({
  version: backend.version,
  configuration: `${backend.kind} ${session.info.simd}, ${CASES[name].about}; ${config.rule.type}, ${config.loss.type === "latency" ? "latency loss over first spikes" : "cross-entropy over spike counts"}, Adam; after ${learnt} updates, weights of the start × ${weightScale}`,
});

for await (const line of createInterface({ input: process.stdin })) {
  const [phase, limit] = line.split(" ");
  const [start, processor] = [performance.now(), process.cpuUsage()];
  let samples = 0;
  let seconds = 0;
  do {
    samples += await session[phase]();
    seconds = (performance.now() - start) / 1000;
  } while (seconds < Number(limit));
  const { user, system } = process.cpuUsage(processor);
  const spikes = await session.spikesPerUnit();
  say({
    samples,
    seconds,
    processorSeconds: (user + system) / 1e6,
    spikesPerSample: spikes.map((rate, layer) => rate * session.info.layers[layer].units),
    peakMemoryBytes: peakMemory(),
  });
}
