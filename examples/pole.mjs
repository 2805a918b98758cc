// node examples/pole.mjs: spiking networks learn to balance a pole on a cart by policy gradients (REINFORCE; Williams 1992), whose
// derivatives the example hands to `trainer.step`. Mean length of 100 trials of at most 200 moves after training, for each seed.
import { pathToFileURL } from "node:url";
import { createTrainer, datasets } from "spikelet";

/** Moves of a trial at most. */
const MOVES = 200;
/** Trials between two updates. */
const TRIALS = 20;
const UPDATES = 25;
/** Steps of the network for each move. */
const STEPS = 8;
/** Units for each of the four quantities, whose ranges they divide. */
const UNITS = 7;
const RANGES = [2.4, 2.5, 0.21, 2.5];
/** Factor on later rewards, for each move until them. */
const DISCOUNT = 0.98;
/** The settings were tried on seeds 1 to 3. */
const SEEDS = [4, 5, 6];

/** @typedef {[position: number, velocity: number, angle: number, turn: number]} Cart */

/**
 * @param {number} seed
 * @returns {Promise<{ before: number, after: number }>} mean moves of 100 trials before training and after it
 */
export async function balance(seed, updates = UPDATES) {
  const draw = generator(seed);
  const trainer = await createTrainer({
    network: {
      input: 4 * UNITS,
      steps: STEPS,
      neuron: { currentDecay: 0.5, membraneDecay: 0.8 },
      layers: [
        { type: "dense", units: 64 },
        { type: "dense", units: 2, neuron: { type: "leaky" } },
      ],
    },
    rule: { type: "activation", surrogate: { type: "triangle" } },
    loss: { type: "membrane", statistic: "mean" },
    optimizer: { type: "adam", learningRate: 0.01 },
    training: { batchSize: TRIALS * MOVES, seed, threads: 1 },
  });
  /** Which of two moves the network prefers, as `[cart][move]`. @param {Cart[]} carts */
  const preferences = async (carts) => (await trainer.predict(seen(carts))).scoresByMembrane ?? new Float32Array();

  /** Mean moves of trials in which the network takes the move that it prefers. */
  const tried = async () => {
    const trials = await play(100, draw, async (carts) => {
      const scores = await preferences(carts);
      return carts.map((_, k) => Number((scores[2 * k + 1] ?? 0) > (scores[2 * k] ?? 0)));
    });
    return mean(trials.map(({ moves }) => moves.length));
  };

  const before = await tried();
  for (let update = 0; update < updates; update++) {
    const trials = await play(TRIALS, draw, async (carts) => {
      const scores = await preferences(carts);
      return carts.map((_, k) => Number(draw() < probability(scores, k)));
    });
    const moves = trials.flatMap((trial) => trial.moves);
    const advantages = advantagesOf(trials.map((trial) => trial.moves.length));
    // L = −mean(advantage · log p(move)), so dL/dscore = advantage · (p − [move]) / moves; a score is the mean of the membranes.
    await trainer.step(seen(trials.flatMap((trial) => trial.carts)), ({ scoresByMembrane = new Float32Array() }) =>
      moves.map((move, k) => {
        const second = ((advantages[k] ?? 0) * (probability(scoresByMembrane, k) - move)) / moves.length / STEPS;
        return { membranes: Float32Array.from({ length: 2 * STEPS }, (_, i) => (i % 2 === 1 ? second : -second)) };
      }),
    );
  }
  const after = await tried();
  trainer.dispose();
  return { before, after };
}

/** Probability of the second move for cart `k`. @param {Float32Array} scores @param {number} k */
function probability(scores, k) {
  return 1 / (1 + Math.exp((scores[2 * k] ?? 0) - (scores[2 * k + 1] ?? 0)));
}

/**
 * Plays trials side by side until their poles fall.
 *
 * @param {number} count
 * @param {() => number} draw
 * @param {(carts: Cart[]) => Promise<number[]>} decide 0 or 1 for each cart
 */
async function play(count, draw, decide) {
  const trials = Array.from({ length: count }, () => ({
    cart: /** @type {Cart} */ ([0, 0, 0, 0].map(() => 0.1 * draw() - 0.05)),
    carts: /** @type {Cart[]} */ ([]),
    moves: /** @type {number[]} */ ([]),
  }));
  for (let running = trials; running.length > 0; ) {
    const moves = await decide(running.map(({ cart }) => cart));
    for (const [k, trial] of running.entries()) {
      trial.carts.push(trial.cart);
      trial.moves.push(moves[k] ?? 0);
      trial.cart = pushed(trial.cart, moves[k] ?? 0);
    }
    running = running.filter(({ cart: [position, , angle], moves: { length } }) => {
      return Math.abs(position) < 2.4 && Math.abs(angle) < 0.2095 && length < MOVES;
    });
  }
  return trials;
}

/**
 * The cart 0.02 s later, after a push of 10 N to the left (0) or to the right (1). Cart 1 kg, pole 0.1 kg and 1 m (Barto, Sutton and
 * Anderson 1983, without friction).
 *
 * @param {Cart} cart m, m/s, rad, rad/s
 * @param {number} move
 * @returns {Cart}
 */
function pushed([position, velocity, angle, turn], move) {
  const [mass, pole, half, gravity, step] = [1.1, 0.1, 0.5, 9.8, 0.02];
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const force = ((move === 1 ? 10 : -10) + pole * half * turn * turn * sin) / mass;
  const turning = (gravity * sin - cos * force) / (half * (4 / 3 - (pole * cos * cos) / mass));
  const speeding = force - (pole * half * turning * cos) / mass;
  return [position + step * velocity, velocity + step * speeding, angle + step * turn, turn + step * turning];
}

/** What the network sees: for each quantity units that prefer a value each, with constant currents. @param {Cart[]} carts */
function seen(carts) {
  return datasets.fromSpikes({
    spikes: carts.map((cart) => {
      const values = cart.flatMap((value, k) => {
        const place = (value / (RANGES[k] ?? 1) + 1) * 0.5 * (UNITS - 1);
        return Array.from({ length: UNITS }, (_, unit) => Math.exp(-0.5 * (unit - Math.min(Math.max(place, 0), UNITS - 1)) ** 2));
      });
      return {
        times: Array.from({ length: STEPS * values.length }, (_, k) => Math.floor(k / values.length)),
        units: Array.from({ length: STEPS * values.length }, (_, k) => k % values.length),
        values: Array.from({ length: STEPS * values.length }, (_, k) => values[k % values.length] ?? 0),
      };
    }),
  });
}

/**
 * How much better each move of each trial was than the same move of the other trials: its discounted rewards, 1 for each move from it
 * on, less their mean over the trials, in units of their standard deviation.
 *
 * @param {number[]} lengths of the trials
 */
function advantagesOf(lengths) {
  const reward = (/** @type {number} */ length, /** @type {number} */ move) => (1 - DISCOUNT ** (length - move)) / (1 - DISCOUNT);
  const means = Array.from({ length: MOVES }, (_, move) =>
    mean(lengths.filter((length) => length > move).map((length) => reward(length, move))),
  );
  const better = lengths.flatMap((length) => Array.from({ length }, (_, move) => reward(length, move) - (means[move] ?? 0)));
  const deviation = Math.sqrt(mean(better.map((value) => value ** 2)));
  return better.map((value) => value / (deviation + 1e-6));
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/**
 * Numbers from 0 to 1 that are the same everywhere.
 *
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const seed of SEEDS) {
    const { before, after } = await balance(seed);
    console.log(`seed ${seed}: ${before.toFixed(1)} moves before training, ${after.toFixed(1)} after it`);
  }
}
