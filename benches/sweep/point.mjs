import { syntheticEvents } from "../../dist/cli/bench/events.js";
import { measure } from "../../dist/cli/bench/measure.js";
import { network } from "../../dist/cli/bench/network.js";
import { BenchSession } from "../../dist/cli/bench/session.js";
import { median, spread } from "../../dist/cli/bench/statistics.js";
import { loadBackend } from "../../dist/index.js";

const INPUTS = 784;
const SAMPLES = 1024;
/** Steps within which the input fires. */
const WINDOW = 25;

/** Cost of a sample in training and in inference, for a network of given sizes. */
export async function measurePoint({ steps, hidden, spikes }, { seconds, threads, batch }) {
  const data = syntheticEvents({ samples: SAMPLES, inputs: INPUTS, steps: WINDOW, events: spikes, classes: 10 });
  const config = network(INPUTS, hidden, steps);
  const training = { ...config.training, batchSize: batch, threads };
  const backend = await loadBackend();
  // More spikes of smaller weights: units fire about as often.
  const weightScale = 4 * Math.sqrt(150 / spikes);
  const session = await BenchSession.open({ ...config, training }, data, { backend, weightScale });
  const phases = ["train", "infer"];
  const works = phases.map((phase) => () => session[phase]());
  const measured = await measure(works, seconds, new AbortController().signal);
  const perUnit = await session.spikesPerUnit();
  const rows = measured.map(({ rates }, index) => ({
    phase: phases[index],
    microsecondsPerSample: 1e6 / median(rates),
    spread: spread(rates),
    samplesPerSecond: median(rates),
    steps,
    hiddenUnits: hidden.reduce((sum, units) => sum + units, 0),
    layers: hidden.length,
    inputSpikes: spikes,
    hiddenSpikes: hidden.reduce((sum, units, layer) => sum + units * perUnit[layer], 0),
    threads,
    batch,
  }));
  session[Symbol.dispose]();
  return rows;
}
