// One case on two builds in turns.
import { pairedRatio, verdict } from "../../dist/kernels/statistics.js";
import { inTurns } from "../../dist/kernels/turns.js";
import { median } from "../../dist/spread.js";
import { Side } from "./side.mjs";

/**
 * Both builds repeat the same work, in the order A B B A; a repetition takes about `milliseconds` on the build before, and at least one
 * batch. When `seconds` are over, six rounds are enough.
 *
 * @returns samples a second and memory of both sides; the ratios before over after of the time that passed and of the processors' time
 * (above 1: the build after is faster) with their intervals of 95 %, the latter of which a busy machine disturbs less; whether the losses were the same in every round
 */
export async function measurePair(checkouts, task, { rounds, seconds, milliseconds }) {
  const sides = [new Side(checkouts.before, task), new Side(checkouts.after, task)];
  try {
    const samples = await fittingSamples(sides, task, milliseconds);
    const repetitions = await inTurns(
      sides.map((side) => () => side.repeat()),
      { rounds, seconds },
    );
    const [before, after] = repetitions;
    const [rateBefore, rateAfter] = repetitions.map(
      (side) => (1000 * samples) / median(side.map((repetition) => repetition.milliseconds)),
    );
    return {
      rounds: before.length,
      samples,
      samplesPerSecond: { before: rateBefore, after: rateAfter },
      speedUp: ratio(before, after, "milliseconds"),
      processorSpeedUp: ratio(before, after, "processorMilliseconds"),
      memoryBytes: { before: await memory(checkouts.before, task, samples), after: await memory(checkouts.after, task, samples) },
      spikesPerUnit: before.at(-1).spikesPerUnit,
      isSameWork: before.every(({ loss }, round) => loss === after[round].loss),
    };
  } finally {
    for (const side of sides) side.close();
  }
}

/** Samples of a repetition; both sides are ready to work on them. */
async function fittingSamples(sides, { batch, samples }, milliseconds) {
  const [first] = sides;
  await first.open(batch);
  const ofBatch = (await first.repeat()).milliseconds;
  const batches = Math.max(1, Math.min(Math.round(milliseconds / ofBatch), Math.floor(samples / batch)));
  for (const side of sides) await side.open(batches * batch);
  return batches * batch;
}

function ratio(before, after, time) {
  const times = (side) => side.map((repetition) => repetition[time]);
  const speedUp = pairedRatio(times(before), times(after));
  return { ...speedUp, verdict: verdict(speedUp) };
}

/** Most that a network and its data take, in a process that had no other before. */
async function memory(checkout, task, samples) {
  const side = new Side(checkout, task);
  try {
    await side.open(samples);
    return (await side.repeat()).memoryBytes;
  } finally {
    side.close();
  }
}
