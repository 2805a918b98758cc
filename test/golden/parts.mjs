// Files of decisions, count targets, optimisers and kernels: parts of the library, seen through small networks.
import { createNetwork, createTrainer, datasets, SpikeEvents } from "spikelet";
import { decided } from "./compare.mjs";
import { scoped } from "./scoped.mjs";

/** @typedef {import("./compare.mjs").Findings} Findings */

/**
 * A network whose outputs copy its inputs shows how outputs decide.
 *
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkDecisions({ cases }, findings) {
  for (const [c, { B, T, N, events, decision_count, decision_first, first_spike_steps }] of cases.entries()) {
    const network = createNetwork({
      network: {
        input: N,
        steps: T,
        neuron: { currentDecay: 0, membraneDecay: 0, gain: "manual", currentGain: 1, membraneGain: 1, biasGain: 1 },
        layers: [{ type: "dense", units: N }],
      },
      loss: { type: "count" },
    });
    const identity = Float32Array.from({ length: N * N }, (_, k) => (k % (N + 1) === 0 ? 1 : 0));
    const answers = await scoped(network, async (copy) => {
      await copy.setParameters(0, { weights: identity, biases: new Float32Array(N) });
      return copy.predict(datasets.fromSpikes({ spikes: SpikeEvents.fromTriples(events, B) }));
    });
    const isSilent = (/** @type {number} */ sample) => Math.min(...first_spike_steps[sample]) === T;
    findings.same(`case ${c}: decision_count`, answers.byCount, decided(decision_count, isSilent));
    findings.same(`case ${c}: decision_first`, answers.byFirstSpike, decided(decision_first, isSilent));
    const first = Array.from({ length: B }, () => new Array(N).fill(T));
    for (const [sample, step, unit] of answers.layers[0]?.triples() ?? []) {
      const row = /** @type {number[]} */ (first[sample]);
      row[unit] = Math.min(Number(row[unit]), step);
    }
    findings.same(`case ${c}: first_spike_steps`, first, first_spike_steps);
  }
}

/**
 * The wanted counts show in the loss' derivative at silent outputs: dL/dS = 2 (0 − expected) / (T B).
 *
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkCountTarget({ labels, positive, negative, T, classes, counts }, findings) {
  const network = createNetwork({
    network: { input: 1, steps: T, layers: [{ type: "dense", units: classes }] },
    loss: { type: "count", positive, negative },
    rule: { type: "activation" },
  });
  const batch = datasets.fromSpikes({ spikes: SpikeEvents.fromTriples([], labels.length), labels });
  const { trace } = await scoped(network, async (silent) => {
    await silent.setParameters(0, { weights: new Float32Array(classes), biases: new Float32Array(classes) });
    return silent.gradients(batch, { trace: true });
  });
  const gradient = trace?.[0]?.spikeGradient ?? new Float32Array();
  const found = labels.map((/** @type {number} */ _, /** @type {number} */ b) =>
    Array.from({ length: classes }, (_, n) => Math.round((-Number(gradient[b * T * classes + n]) * T * labels.length) / 2)),
  );
  findings.same("counts", found, counts);
}

/**
 * @param {any} golden
 * @param {Findings} findings
 * @param {import("./translations.mjs").Translation} translation
 */
export async function checkOptimisers({ cases, step_lr: schedule }, findings, { optimizers = [] }) {
  findings.same("optimisers", optimizers.length, cases.length);
  for (const [c, { w0, gradients, weights_after_each_step: expected }] of cases.entries()) {
    const opening = createTrainer({
      network: { input: w0.length, steps: 1, layers: [{ type: "dense", units: 1 }] },
      optimizer: /** @type {import("spikelet").OptimizerConfig} */ (optimizers[c]),
      schedule: { type: "constant" },
    });
    await scoped(opening, async (trainer) => {
      await trainer.setParameters(0, { weights: Float32Array.from(w0), biases: new Float32Array(1) });
      for (const [step, weights] of gradients.entries()) {
        await trainer.applyGradients([{ weights: Float32Array.from(weights), biases: new Float32Array(1) }]);
        findings.near(`case ${c}, step ${step}`, (await trainer.parameters())[0]?.weights ?? [], expected[step]);
      }
    });
  }
  if (schedule !== undefined) await checkSchedule(schedule, findings);
}

/**
 * @param {any} schedule
 * @param {Findings} findings
 */
async function checkSchedule({ lr0, step_size, gamma, epochs, lr }, findings) {
  const opening = createTrainer({
    network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 }] },
    optimizer: { type: "sgd", learningRate: lr0 },
    schedule: { type: "step", every: step_size, factor: gamma },
    training: { epochs: Math.max(...epochs) + 1 },
  });
  /** @type {number[]} */
  const rates = [];
  await scoped(opening, async (trainer) => {
    for await (const event of trainer.run(datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }], labels: [0] }))) {
      if (event.type === "epochEnd") rates.push(event.learningRate);
    }
  });
  for (const [k, epoch] of epochs.entries()) findings.near(`learning rate of epoch ${epoch}`, [rates[epoch] ?? 0], [lr[k]]);
}

/**
 * The rate after each epoch is that of its last update.
 *
 * @param {any} golden
 * @param {Findings} findings
 * @param {import("./translations.mjs").Translation} translation
 */
export async function checkSchedules({ cases }, findings, { schedules = [] }) {
  findings.same("schedules", schedules.length, cases.length);
  const spike = { times: [0], units: [0] };
  for (const [c, { lr0, epochs, updates, lr }] of cases.entries()) {
    const opening = createTrainer({
      network: { input: 1, steps: 1, layers: [{ type: "dense", units: 1 }] },
      optimizer: { type: "sgd", learningRate: lr0 },
      schedule: /** @type {import("spikelet").ScheduleConfig} */ (schedules[c]),
      training: { epochs, batchSize: 1 },
    });
    const train = datasets.fromSpikes({ spikes: new Array(updates).fill(spike), labels: new Array(updates).fill(0) });
    const { epochs: records } = await scoped(opening, async (trainer) => trainer.run(train));
    const rates = records.map(({ learningRate }) => learningRate);
    const expected = lr.filter((/** @type {number} */ _, /** @type {number} */ update) => update % updates === updates - 1);
    findings.near(`case ${c}: rates`, rates, expected);
  }
}

/**
 * The response to one spike is the membrane of a unit that never fires; the automatic gain is stated by the network.
 *
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkKernels({ cases }, findings) {
  for (const [c, { alpha_i, alpha_v, T, eps_unscaled_first: response, beta }] of cases.entries()) {
    const network = { input: 1, steps: T, layers: [{ type: /** @type {const} */ ("dense"), units: 1 }] };
    const decays = { currentDecay: alpha_i, membraneDecay: alpha_v };
    const scaled = createNetwork({ network: { ...network, neuron: { ...decays, gain: "auto" } } });
    const { current, membrane, bias } = await scoped(scaled, async ({ info }) => info.gains);
    findings.near(`case ${c}: gains`, [current, membrane, bias].flat(), [1, beta, beta]);

    const manual = { gain: /** @type {const} */ ("manual"), currentGain: 1, membraneGain: 1, biasGain: 1, threshold: 1e6 };
    const plain = createNetwork({ network: { ...network, neuron: { ...decays, ...manual } }, loss: { type: "count" } });
    const one = datasets.fromSpikes({ spikes: [{ times: [0], units: [0] }], labels: [0] });
    const { trace } = await scoped(plain, async (unit) => {
      await unit.setParameters(0, { weights: Float32Array.of(1), biases: Float32Array.of(0) });
      return unit.gradients(one, { trace: true });
    });
    findings.near(`case ${c}: response`, trace?.[0]?.membrane.slice(0, response.length) ?? [], response);
  }
}

/**
 * A dense layer behind a layer has a weight from each of its units; what does not fit is refused.
 *
 * @param {any} golden
 * @param {Findings} findings
 */
export async function checkShapes({ rows }, findings) {
  for (const { input, layer, output } of rows) {
    const network = { input, steps: 1, layers: [layer, { type: "flatten" }, { type: "dense", units: 1 }] };
    const made = createNetwork({ network, loss: { type: "count" } });
    const units = await scoped(made, async ({ info }) => info.layers.at(-1)?.inputs).catch(({ code }) => code);
    const expected = output?.reduce((/** @type {number} */ product, /** @type {number} */ size) => product * size, 1);
    findings.same(`units of ${JSON.stringify({ input, layer })}`, units, expected ?? "CONFIG_INVALID");
  }
}
