// Parameters of format 3, by input of a layer, and those of the earlier formats, as the public API has them.

/** @typedef {import("spikelet").LayerParameters} LayerParameters */
/** @typedef {{ weights: number[], delays?: number[] }} Input */

/**
 * The inputs of a layer of a file, as many as the library has: in a chain a recurrent layer has one, whose rows go on with its own
 * units.
 *
 * @param {any} layer
 * @param {"W" | "dW"} weights
 * @param {number} count
 * @returns {Input[]}
 */
function inputsOf(layer, weights, count) {
  const given = layer.inputs ?? [layer];
  const inputs = given.map((/** @type {any} */ input) => ({ weights: input[weights], delays: input.delays }));
  if (inputs.length === count) return inputs;
  const units = (layer.b ?? layer.db).length;
  const rows = (/** @type {number[]} */ values, /** @type {number} */ unit) =>
    values.slice((unit * values.length) / units, ((unit + 1) * values.length) / units);
  const joined = Array.from({ length: units }, (_, unit) =>
    inputs.flatMap((/** @type {Input} */ input) => rows(input.weights, unit)),
  );
  const isByConnection = inputs[0].delays?.length === inputs[0].weights.length;
  const delays = Array.from({ length: units }, (_, unit) =>
    inputs.flatMap((/** @type {Input} */ input) => rows(input.delays ?? [], unit)),
  );
  const all = isByConnection ? delays.flat() : inputs.flatMap((/** @type {Input} */ input) => input.delays ?? []);
  return [{ weights: joined.flat(), delays: inputs[0].delays === undefined ? undefined : all }];
}

/**
 * Parameters of a file for a layer with so many inputs.
 *
 * @param {any} layer
 * @param {number} count
 * @returns {LayerParameters}
 */
export function parametersOf(layer, count) {
  const arrays = inputsOf(layer, "W", count).map(({ weights, delays }) => ({
    weights: Float32Array.from(weights),
    ...(delays === undefined ? {} : { learnt: { delays: Float32Array.from(delays) } }),
  }));
  const [own, ...inputs] = arrays;
  const { weights, learnt } = /** @type {import("spikelet").InputParameters} */ (own);
  const feedback = layer.feedback === undefined ? {} : { feedback: Float32Array.from(layer.feedback) };
  return {
    weights,
    learnt: { ...learnt, ...feedback },
    biases: Float32Array.from(layer.b),
    ...(inputs.length === 0 ? {} : { inputs }),
  };
}

/**
 * Every input of a layer as the library has it beside what a file expects; `weights` are absent where they are fixed.
 *
 * @param {LayerParameters} found
 * @param {any} expected
 * @param {"W" | "dW"} weights
 */
export function besideExpected(found, expected, weights) {
  const { feedback: _, ...ownLearnt } = found.learnt ?? {};
  const inputs = [
    { weights: found.weights, learnt: found.learnt === undefined ? undefined : ownLearnt },
    ...(found.inputs ?? []),
  ];
  const wanted = inputsOf(expected, weights, inputs.length);
  return inputs.map((input, number) => {
    const { weights: values, delays } = wanted[number] ?? { weights: undefined };
    const own = number === 0 ? expected.learnt : {};
    return {
      where: number === 0 ? "" : `, input ${number}`,
      weights: input.weights,
      expected: values ?? new Array(input.weights.length).fill(0),
      learnt: input.learnt,
      expectedLearnt: delays === undefined || delays.length === 0 ? own : { ...own, delays },
    };
  });
}
