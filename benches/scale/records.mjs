// Records of runs that never ran: all of one but where it ran follows from its identity, as that of a real run does.
import { version } from "../../dist/version.js";

/** Some configurations diverge, whoever runs them. */
export function failsFor({ id }) {
  return number(id, 8) < 0.01;
}

/** The part of a record that every machine must agree on. */
export function outcomeFor(run) {
  const { id, seed, config, data } = run;
  const identity = { id, seed, config, data, version };
  if (failsFor(run)) return { ...identity, status: "failed", error: { code: "NON_FINITE", path: "", message: "loss" } };
  return { ...identity, status: "done", result: resultFor(id) };
}

/** Where it ran differs each time. */
export function recordFor(run) {
  return {
    ...outcomeFor(run),
    ran: {
      endedAt: new Date().toISOString(),
      seconds: 600 * Math.random(),
      samplesPerSecond: 1000,
      host: "node",
      backend: "native avx2",
      threads: 1,
    },
  };
}

function resultFor(id) {
  const score = number(id, 0);
  const metrics = {
    samples: 10_000,
    loss: 1 - score,
    lossParts: { main: 1 - score, silentTargetPenalty: 0, targetCount: 0, rateBounds: 0, spikePenalty: 0 },
    accuracy: { count: score, firstSpike: score },
    spikes: {
      perSample: 120 * score,
      untilDecision: 60 * score,
      perUnit: [score, score],
      untilDecisionPerUnit: [score, score],
      total: [800 * score, 10 * score],
      untilDecisionTotal: [400 * score, 5 * score],
    },
    decisionStep: { mean: 40 * score, median: 38, min: 20 },
    silentFraction: [score, 0],
    saturatedFraction: [0, 0],
    firingRate: [score, score],
    synapticOperations: 90_000 * score,
  };
  const data = { name: "mnist", encoding: null, train: 54_000, validation: 6000, test: 10_000 };
  const epoch = {
    trainLoss: 1 - score,
    trainFirstSpike: score,
    validationLoss: 1 - score,
    validationFirstSpike: score,
    spikesPerSample: 120 * score,
  };
  const history = Array.from({ length: 20 }, () => epoch);
  return { epochs: 20, bestEpoch: 20, data, validation: metrics, test: metrics, history };
}

/** A number in 0..1 of a part of the identity. */
function number(id, start) {
  return Number.parseInt(id.slice(start, start + 8), 16) / 2 ** 32;
}
