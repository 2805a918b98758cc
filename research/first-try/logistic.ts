/** Samples as rows of numbers, with their classes. */
export interface Rows {
  /** `[sample][feature]`. */
  values: Float64Array[];
  labels: ArrayLike<number>;
}

const PASSES = 40;
const BATCH = 32;
const RATE = 0.01;
const DECAYS = { first: 0.9, second: 0.999 };

/** Strengths of the penalty that are tried. */
const PENALTIES = [0, 1e-4, 1e-3, 1e-2, 1e-1];

/**
 * Accuracy on `test` of a softmax regression on standardised features, by Adam at a falling rate; the L2 penalty is the one with
 * the highest accuracy on `validation`.
 */
export function logisticAccuracy(train: Rows, validation: Rows, test: Rows, classes: number): number {
  const standardise = standardiser(train.values);
  const [learnt, chosen, judged] = [train, validation, test].map(({ values, labels }) => ({
    values: values.map(standardise),
    labels,
  }));
  if (learnt === undefined || chosen === undefined || judged === undefined) throw new Error("there are three parts");
  const models = PENALTIES.map((penalty) => regression(learnt, classes, penalty));
  const scored = models.map((model) => ({ model, accuracy: accuracyOf(model, chosen) }));
  const best = scored.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  return accuracyOf(best.model, judged);
}

/** Moves and scales features as those of the training samples have mean 0 and deviation 1; constant ones become 0. */
function standardiser(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const features = rows[0]?.length ?? 0;
  const mean = new Float64Array(features);
  const square = new Float64Array(features);
  for (const row of rows) for (let j = 0; j < features; j++) mean[j] = (mean[j] ?? 0) + (row[j] ?? 0) / rows.length;
  for (const row of rows) {
    for (let j = 0; j < features; j++) square[j] = (square[j] ?? 0) + ((row[j] ?? 0) - (mean[j] ?? 0)) ** 2 / rows.length;
  }
  return (row) => row.map((value, j) => ((square[j] ?? 0) > 1e-12 ? (value - (mean[j] ?? 0)) / Math.sqrt(square[j] ?? 1) : 0));
}

/** Weights `[class][feature]`, the last one of each class its bias. */
type Model = readonly Float64Array[];

function scores(model: Model, row: Float64Array): number[] {
  return model.map((weights) => {
    let sum = weights[row.length] ?? 0;
    for (let j = 0; j < row.length; j++) sum += (weights[j] as number) * (row[j] as number);
    return sum;
  });
}

function regression({ values, labels }: Rows, classes: number, penalty: number): Model {
  const size = (values[0]?.length ?? 0) + 1;
  const make = () => Array.from({ length: classes }, () => new Float64Array(size));
  const [model, first, second] = [make(), make(), make()];
  const updates = PASSES * Math.ceil(values.length / BATCH);
  let step = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    // The samples are in random order already; each pass begins elsewhere.
    const start = (pass * 7919) % values.length;
    for (let from = 0; from < values.length; from += BATCH) {
      step += 1;
      const gradient = make();
      const count = Math.min(BATCH, values.length - from);
      for (let k = 0; k < count; k++) {
        const index = (start + from + k) % values.length;
        addGradient(gradient, model, values[index] as Float64Array, labels[index] ?? 0, 1 / count);
      }
      const rate = (RATE * (1 + Math.cos((Math.PI * step) / updates))) / 2;
      for (const [c, weights] of model.entries()) {
        adam(weights, gradient[c] as Float64Array, first[c] as Float64Array, second[c] as Float64Array, { step, rate, penalty });
      }
    }
  }
  return model;
}

function addGradient(gradient: Model, model: Model, row: Float64Array, label: number, weight: number): void {
  const z = scores(model, row);
  const highest = Math.max(...z);
  const powers = z.map((one) => Math.exp(one - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  for (const [c, into] of gradient.entries()) {
    const error = weight * ((powers[c] ?? 0) / sum - (c === label ? 1 : 0));
    for (let j = 0; j < row.length; j++) into[j] = (into[j] as number) + error * (row[j] as number);
    into[row.length] = (into[row.length] ?? 0) + error;
  }
}

interface Step {
  step: number;
  rate: number;
  penalty: number;
}

/** One update by Adam; the bias, which is last, is not penalised. */
function adam(weights: Float64Array, gradient: Float64Array, first: Float64Array, second: Float64Array, how: Step): void {
  const { step, rate, penalty } = how;
  const [ofFirst, ofSecond] = [1 - DECAYS.first ** step, 1 - DECAYS.second ** step];
  for (let j = 0; j < weights.length; j++) {
    const slope = (gradient[j] as number) + (j < weights.length - 1 ? penalty * (weights[j] as number) : 0);
    first[j] = DECAYS.first * (first[j] as number) + (1 - DECAYS.first) * slope;
    second[j] = DECAYS.second * (second[j] as number) + (1 - DECAYS.second) * slope * slope;
    const size = Math.sqrt((second[j] as number) / ofSecond) + 1e-8;
    weights[j] = (weights[j] as number) - (rate * ((first[j] as number) / ofFirst)) / size;
  }
}

function accuracyOf(model: Model, { values, labels }: Rows): number {
  const right = values.filter((row, k) => {
    const z = scores(model, row);
    return z.indexOf(Math.max(...z)) === labels[k];
  });
  return right.length / values.length;
}
