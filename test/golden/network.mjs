// Files of the types `network`, `trajectory` and `online`.
import { createTrainer, datasets, SpikeEvents } from "spikelet";
import { decided, sorted, TOLERANCE } from "./compare.mjs";
import { besideExpected, parametersOf } from "./inputs.mjs";
import { checkRuntime } from "./runtime.mjs";
import { scoped } from "./scoped.mjs";

/** @typedef {import("./translations.mjs").Translation} Translation */

/** Probe of the oracle to trace of the library. */
const TRACES = {
  I: "current",
  V: "membrane",
  Vp: "slope",
  G: "direct",
  p: "p",
  q: "q",
  dLdS: "spikeGradient",
  dLdT: "timingGradient",
};

/**
 * One forward pass, loss and backward pass.
 *
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {Translation} translation
 */
export async function checkNetwork(golden, findings, translation) {
  const [found, untraced] = await scoped(trainerOf(golden, translation), async (trainer) => {
    const batch = batchOf(golden);
    await checkRuntime(trainer, batch, eventsOf(golden), findings);
    return /** @type {const} */ ([await trainer.gradients(batch, { trace: true }), await trainer.gradients(batch)]);
  });
  const { metrics, prediction, trace = [] } = found;
  const { expected, params } = golden;

  for (const [k, { events }] of expected.spikes.entries()) {
    findings.same(`spikes of layer ${k}`, [.../** @type {SpikeEvents} */ (prediction.layers[k]).triples()], sorted(events));
  }
  findings.same("term_length", prediction.steps, new Array(golden.batch).fill(expected.term_length));
  if (expected.membranes === undefined) {
    const isSilent = (/** @type {number} */ sample) => expected.first_stime[sample] === expected.term_length;
    findings.same("decision_count", prediction.byCount, decided(expected.decision_count, isSilent));
    findings.same("decision_first", prediction.byFirstSpike, decided(expected.decision_first, isSilent));
    findings.same("first_stime", prediction.decisionStep, expected.first_stime);
  } else {
    findings.near("membranes", prediction.membranes ?? [], expected.membranes);
    findings.near("statistic", prediction.scoresByMembrane ?? [], expected.statistic ?? []);
    findings.same("decision_membrane", prediction.byMembrane ?? [], expected.decision_membrane ?? []);
  }
  findings.same("num_spike_total", metrics.spikes.total, expected.num_spike_total);
  findings.same("num_spike_nec", metrics.spikes.untilDecisionTotal, expected.num_spike_nec);

  findings.near("loss", [metrics.loss], [expected.loss.total]);
  const parts = {
    ce: metrics.lossParts.main,
    nospike: metrics.lossParts.silentTargetPenalty,
    count: metrics.lossParts.targetCount,
    rate: metrics.lossParts.rateBounds,
    spikes: metrics.lossParts.spikePenalty,
  };
  for (const [name, part] of Object.entries(parts)) {
    if (expected.loss[name] !== undefined) findings.near(`loss ${name}`, [part], [expected.loss[name]]);
  }
  const tolerance = gradientTolerance(golden);
  for (const [k, grads] of expected.grads.entries()) {
    for (const [pass, { layers }] of Object.entries({ "": found, ", without a trace": untraced })) {
      const ofLayer = /** @type {import("spikelet").LayerParameters} */ (layers[k]);
      findings.near(`db of layer ${k}${pass}`, ofLayer.biases, grads.db, tolerance);
      for (const { where, weights, expected, learnt, expectedLearnt } of besideExpected(ofLayer, grads, "dW")) {
        findings.near(`dW of layer ${k}${where}${pass}`, weights, expected, tolerance);
        checkLearnt(`gradient in layer ${k}${where}${pass}`, learnt, expectedLearnt, findings, tolerance);
      }
    }
    checkProbes(k, trace[k], params[k].layer, expected.probes, findings);
  }
}

/**
 * What a layer learns beside weights and biases, by name.
 *
 * @param {string} where
 * @param {Record<string, Float32Array> | undefined} found
 * @param {Record<string, number[]> | undefined} expected
 * @param {import("./compare.mjs").Findings} findings
 * @param {Parameters<import("./compare.mjs").Findings["near"]>[3]} [tolerance]
 */
function checkLearnt(where, found = {}, expected = {}, findings, tolerance) {
  findings.same(`names of the ${where}`, Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    findings.near(`${name}: ${where}`, found[name] ?? [], values, tolerance);
  }
}

/**
 * Where clipping leaves only the remainders of large sums, single precision can't reach the usual tolerance; the file
 * then says how far the oracle itself is off in single precision.
 *
 * @param {any} golden
 */
function gradientTolerance({ float32_reference_error: error }) {
  return Math.max(TOLERANCE, 2 * (error?.grad ?? 0));
}

/**
 * @param {number} k
 * @param {any} trace
 * @param {number} layer
 * @param {any[]} probes
 * @param {import("./compare.mjs").Findings} findings
 */
function checkProbes(k, trace, layer, probes, findings) {
  for (const [name, field] of Object.entries(TRACES)) {
    const here = probes.filter((probe) => probe.layer === layer && probe[name] !== undefined);
    const actual = here.map(({ b, t, i }) => trace[field][(b * trace.steps + t) * trace.units + i]);
    // Under an average pool the oracle's T̄ also reaches units that did not fire; the next equation masks it.
    const isMasked = (/** @type {any} */ probe) => name === "dLdT" && probe.S !== 1;
    findings.near(
      `${name} of layer ${k}`,
      actual,
      here.map((probe) => (isMasked(probe) ? 0 : probe[name])),
    );
  }
}

/**
 * Many steps on one batch.
 *
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {Translation} translation
 */
export async function checkTrajectory(golden, findings, translation) {
  const { loss_before_each_step: losses, spike_totals_each_step: totals, final_params: final } = golden.expected;
  const batch = batchOf(golden);
  const parameters = await scoped(trainerOf(golden, translation), async (trainer) => {
    for (const [step, loss] of losses.entries()) {
      const { metrics, layers } = await trainer.gradients(batch);
      findings.near(`loss before step ${step}`, [metrics.loss], [loss]);
      findings.same(`spikes before step ${step}`, metrics.spikes.total, totals[step]);
      await trainer.applyGradients(layers);
    }
    return trainer.parameters();
  });
  checkEnd(parameters, final, findings);
}

/**
 * Updates within the samples of one batch.
 *
 * @param {any} golden
 * @param {import("./compare.mjs").Findings} findings
 * @param {Translation} translation
 */
export async function checkOnline(golden, findings, translation) {
  const given = /** @type {import("spikelet").Config} */ (translation.configuration);
  const configuration = { ...given, training: { ...given.training, epochs: 1 } };
  const batch = batchOf(golden);
  const [losses, parameters] = await scoped(trainerOf(golden, { ...translation, configuration }), async (trainer) => {
    await trainer.run(batch);
    // The file has the loss without what hidden layers cost.
    const [record] = await trainer.history();
    const { loss, lossParts } = /** @type {import("spikelet").EpochRecord} */ (record).train;
    return [[loss - lossParts.spikePenalty], await trainer.parameters()];
  });
  findings.near("loss", losses, [golden.expected.loss.total]);
  checkEnd(parameters, golden.expected.final_params, findings);
}

/**
 * Parameters at the end beside those of a file.
 *
 * @param {import("spikelet").LayerParameters[]} parameters
 * @param {any[]} final
 * @param {import("./compare.mjs").Findings} findings
 */
function checkEnd(parameters, final, findings) {
  for (const [k, layer] of final.entries()) {
    const found = /** @type {import("spikelet").LayerParameters} */ (parameters[k]);
    findings.near(`final biases of layer ${k}`, found.biases, layer.b);
    for (const { where, weights, expected, learnt, expectedLearnt } of besideExpected(found, layer, "W")) {
      findings.near(`final weights of layer ${k}${where}`, weights, expected);
      checkLearnt(`end in layer ${k}${where}`, learnt, expectedLearnt, findings);
    }
  }
}

/**
 * A trainer with the parameters of a file.
 *
 * @param {any} golden
 * @param {Translation} translation
 */
export async function trainerOf(golden, { configuration }) {
  if (configuration === undefined) throw new Error(`${golden.name} has no configuration`);
  const trainer = await createTrainer(configuration);
  for (const [k, layer] of golden.params.entries()) {
    await trainer.setParameters(k, parametersOf(layer, 1 + (trainer.info.layers[k]?.further?.length ?? 0)));
  }
  return trainer;
}

/**
 * Input spikes of a file.
 *
 * @param {any} golden
 */
export function eventsOf({ batch, input_events: events, input_values: values }) {
  const weighted = values?.map((/** @type {number} */ value, /** @type {number} */ k) => [...events[k], value]);
  return SpikeEvents.fromTriples(weighted ?? events, batch);
}

/** @param {any} golden */
export function batchOf(golden) {
  const { batch, target } = golden;
  const spikes = eventsOf(golden);
  switch (target.kind) {
    case "train":
      return datasets.fromSpikes({ spikes, trains: SpikeEvents.fromTriples(target.events, batch) });
    case "trace":
      return datasets.fromSpikes({ spikes, series: target.values });
    case "count":
      return datasets.fromSpikes({ spikes, counts: target.counts.flat() });
    default:
      return datasets.fromSpikes({ spikes, labels: target.labels });
  }
}
