import { loadBackend } from "../../dist/backend.js";
import { measure } from "../../dist/cli/bench/measure.js";
import { BenchSession } from "../../dist/cli/bench/session.js";
import { spread } from "../../dist/cli/bench/statistics.js";
import { median } from "../../dist/spread.js";

/** Cost of a sample in training and in inference, for a network of given sizes. */
export async function measurePoint(
  { config, data, weightScale, sizes, batch: ownBatch },
  { seconds, threads, batch: commonBatch },
) {
  const batch = ownBatch ?? commonBatch;
  const training = { ...config.training, batchSize: batch, threads };
  const backend = await loadBackend();
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
    ...sizes,
    hiddenSpikes: perUnit.slice(0, -1).reduce((sum, rate, layer) => sum + rate * (session.info.layers[layer]?.units ?? 0), 0),
    threads,
    batch,
  }));
  session[Symbol.dispose]();
  return rows;
}
