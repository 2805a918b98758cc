// The oracle's names to those of the library (README.md, last paragraph).

/** Constants of the oracle that the library has fixed. */
const FIXED = {
  v_prime_min: 0.01,
  alpha_extend: 200,
  kernel_cap: 1000,
  kernel_cut: 1e-6,
  apool_mask: "binary",
  conv_grad_beta_i: true,
};

/**
 * Why the library can't run a case yet, or `undefined`.
 *
 * @param {any} golden
 * @returns {string | undefined}
 */
export function unsupported({ config }) {
  for (const [name, value] of Object.entries(FIXED)) {
    if (config[name] !== undefined && config[name] !== value) return `${name} is fixed at ${value}, the case has ${config[name]}`;
  }
  return undefined;
}

/**
 * @param {any} golden
 * @returns {import("spikelet").Config}
 */
export function configurationOf({ config, batch, optimiser }) {
  const [input, ...layers] = config.network;
  const neurons = [...(config.neurons ?? [])];
  const withNeuron = (/** @type {any} */ layer) => {
    const own = layer.type === "dense" || layer.type === "conv2d" ? neurons.shift() : undefined;
    return own === undefined ? layer : { ...layer, neuron: own };
  };
  const sizes = input.split("x").map(Number);
  return {
    network: {
      input: sizes.length === 1 ? sizes[0] : sizes,
      steps: config.T,
      neuron: {
        currentDecay: config.alpha_i,
        membraneDecay: config.alpha_v,
        threshold: 1,
        singleSpike: config.single_spike ?? false,
        refractory: config.refractory ?? 0,
        ...(config.beta_auto
          ? { gain: "auto" }
          : { gain: "manual", currentGain: config.beta_i, membraneGain: config.beta_v, biasGain: config.beta_bias }),
      },
      layers: layers.map(layerOf).map(withNeuron),
    },
    rule: ruleOf(config),
    loss: { ...lossOf(config), ...activityOf(config) },
    schedule: { type: "constant" },
    ...(optimiser ? { optimizer: optimizerOf(optimiser.name, optimiser) } : {}),
    training: {
      batchSize: batch,
      gradientClip: config.grad_clip,
      silentUnitUpdate: {
        strength: config.timing_penalty,
        rules: config.penalty_scope,
        convolutions: config.penalty_conv ?? false,
      },
    },
  };
}

/**
 * @param {string} word as in `conv8c5`, `apool2`, `fc10`, `rfc10`
 * @returns {import("spikelet").LayerConfig}
 */
function layerOf(word) {
  const [, kind, first, second] = /^(r?fc|conv|apool|mpool|flatten)(\d+)?(?:c(\d+))?$/.exec(word) ?? [];
  switch (kind) {
    case "fc":
      return { type: "dense", units: Number(first) };
    case "rfc":
      return { type: "dense", units: Number(first), recurrent: true };
    case "conv":
      return { type: "conv2d", channels: Number(first), kernel: Number(second) };
    case "apool":
      return { type: "avgPool2d", window: Number(first) };
    case "mpool":
      return { type: "maxPool2d", window: Number(first) };
    case "flatten":
      return { type: "flatten" };
    default:
      throw new Error(`no layer ${word}`);
  }
}

/**
 * @param {string} name
 * @param {any} settings
 * @returns {import("spikelet").OptimizerConfig}
 */
export function optimizerOf(name, { lr, beta1, beta2, eps, momentum, weight_decay: weightDecay = 0 }) {
  if (name === "adam") return { type: "adam", learningRate: lr, beta1, beta2, epsilon: eps, weightDecay };
  return { type: "sgd", learningRate: lr, momentum: momentum ?? 0, weightDecay };
}

/**
 * @param {any} config
 * @returns {import("spikelet").RuleConfig}
 */
function ruleOf(config) {
  const surrogate = surrogateOf(config);
  const variant = config.act_style.toLowerCase();
  // The oracle reads `reset_act` in the RNN style only.
  const activation = variant === "rnn" ? resetPathOf(config.reset_act, config) : "ignore";
  const timing = resetPathOf(config.reset_tim, config);
  switch (config.rule) {
    case "activation":
      return { type: "activation", variant, surrogate, resetPath: { activation } };
    case "timing":
      return { type: "timing", resetPath: { timing } };
    default:
      return {
        type: config.rule === "trivial" ? "mixture" : "antlr",
        activationWeight: config.lambda_act,
        timingWeight: config.lambda_tim,
        variant,
        surrogate,
        resetPath: { activation, timing },
      };
  }
}

/**
 * @param {any} config
 * @returns {import("spikelet").Surrogate}
 */
function surrogateOf({ surrogate = "exponential", surr_alpha: scale, surr_beta: shape }) {
  switch (surrogate) {
    case "fast_sigmoid":
      return { type: "fastSigmoid", scale, sharpness: shape };
    case "triangle":
    case "rectangle":
      return { type: surrogate, scale, halfWidth: shape };
    default:
      return { type: surrogate, scale, sharpness: shape };
  }
}

/**
 * @param {"none" | "full" | "window" | "lag"} word
 * @param {any} config
 * @returns {import("spikelet").ResetPath}
 */
function resetPathOf(word, { reset_window: window, reset_lag: lag }) {
  const paths = { none: /** @type {const} */ ("ignore"), full: /** @type {const} */ ("full"), window: { window }, lag: { lag } };
  return paths[word];
}

/**
 * @param {any} config
 * @returns {import("spikelet").LossConfig}
 */
function lossOf(config) {
  const wanted = { positive: config.max_target_spikes, negative: config.min_target_spikes };
  switch (config.target_type) {
    case "train":
      return { type: "spikeTrain", kernelDecay: config.alpha_exp };
    case "count":
      return { type: "count", ...wanted };
    default:
      return {
        type: "latency",
        inverseTemperature: config.softmax_beta,
        silentTargetPenalty: config.lambda_nospike,
        endSimulation: config.early_stop ? "batch" : "off",
        ...(config.count_weight > 0
          ? { targetCount: { weight: config.count_weight, scope: config.count_scope, goal: config.count_goal, ...wanted } }
          : {}),
      };
  }
}

/**
 * Terms for the activity of hidden layers.
 *
 * @param {any} config
 */
function activityOf({
  spike_penalty: spikePenalty = 0,
  rate_lower: lower = 0,
  rate_upper: upper = null,
  rate_strength: strength = 0,
}) {
  return { spikePenalty, ...(strength > 0 ? { rateBounds: { lower, upper, strength } } : {}) };
}
