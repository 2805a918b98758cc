import { type Config, createTrainer, datasets, type LayerConfig, type SpikeDataset, SpikeletError, type Trainer } from "spikelet";
import { type Choice, decisionList, type Question } from "./decision-list.js";

const CLASSES = 2;
const STEPS = 8;
const VARIANTS = ["srm", "rnn", "slayer"] as const;
const RULES = [
  ...VARIANTS.map((variant) => `activation, ${variant}`),
  "timing",
  ...VARIANTS.map((variant) => `antlr, ${variant}`),
  ...VARIANTS.map((variant) => `mixture, ${variant}`),
  "eventProp",
  "eprop",
];
const PATHS = { ignore: "ignore", full: "full", window: { window: 0.5 }, lag: { lag: 2 } };
const NEURONS = {
  lif: {},
  alif: { type: "alif" },
  adlif: { type: "adlif" },
  singleSpike: { singleSpike: true },
  refractory: { refractory: 2 },
};
const OUTPUTS = { spikes: {}, leaky: { type: "leaky" } };
const LOSSES = ["latency", "count", "countCrossEntropy", "spikeTrain", "membrane", "trace"];
const CONNECTIONS: Record<string, (units: number) => LayerConfig[]> = {
  dense: (units) => [{ type: "dense", units }],
  recurrent: (units) => [{ type: "dense", units, recurrent: true }],
  conv2d: (units) => [{ type: "conv2d", channels: units, kernel: 3 }, { type: "avgPool2d", window: 2 }, { type: "flatten" }],
};
const DELAYS = { none: {}, "by input": { by: "input" }, "by connection": { by: "connection" } };
const LAST = { dense: {}, recurrent: { recurrent: true } };

const questions: Question[] = [
  { name: "rule", answers: RULES },
  { name: "reset path", answers: Object.keys(PATHS) },
  { name: "neuron", answers: Object.keys(NEURONS) },
  { name: "reset", answers: ["all", "membrane", "subtract", "subtractAfterDecay", "none"] },
  { name: "delays", answers: Object.keys(DELAYS) },
  { name: "hidden layer", answers: Object.keys(CONNECTIONS) },
  { name: "last layer", answers: Object.keys(LAST) },
  { name: "its neuron", answers: Object.keys(OUTPUTS) },
  { name: "loss", answers: LOSSES },
];

/** The configuration of a choice, `undefined` where there is no such field to choose. */
function configOf([rule, path, neuron, reset, delays, hidden, last, output, loss]: Choice): Config | undefined {
  const [type, variant] = (rule as string).split(", ");
  const chosen = PATHS[path as keyof typeof PATHS];
  const hasPath = type !== "eventProp" && type !== "eprop";
  if (!hasPath && chosen !== "ignore") return undefined;
  const parts = { activation: type !== "timing", timing: type !== "activation" };
  const resetPath = Object.fromEntries(Object.entries(parts).flatMap(([part, isThere]) => (isThere ? [[part, chosen]] : [])));
  const by = delays === "none" ? {} : { delays: { ...DELAYS[delays as keyof typeof DELAYS], max: 3, learn: true } };
  const [first, ...rest] = CONNECTIONS[hidden as string]?.(3) ?? [];
  const layers = [
    { ...first, ...by },
    ...rest,
    { type: "dense", units: CLASSES, ...by, ...LAST[last as keyof typeof LAST], neuron: OUTPUTS[output as keyof typeof OUTPUTS] },
  ];
  return {
    network: {
      input: [1, 4, 4],
      steps: STEPS,
      neuron: { currentDecay: 0.5, membraneDecay: 0.8, reset, ...NEURONS[neuron as keyof typeof NEURONS] },
      layers: hidden === "conv2d" ? layers : [{ type: "flatten" }, ...layers],
    },
    rule: { type, ...(variant === undefined ? {} : { variant }), ...(hasPath ? { resetPath } : {}) },
    loss: { type: loss },
    training: { threads: 1 },
  } as unknown as Config;
}

const spikes = [0, 1].map((sample) => ({ times: [0, 0, 1, 2, 3], units: [0, 3, 5 + sample, 9, 12 + sample] }));
const labelled = datasets.fromSpikes({ spikes, labels: [0, 1] });
const DATA: Record<string, SpikeDataset> = {
  latency: labelled,
  count: labelled,
  countCrossEntropy: labelled,
  membrane: labelled,
  spikeTrain: datasets.fromSpikes({ spikes, trains: [0, 1].map((unit) => ({ times: [4], units: [unit] })) }),
  trace: datasets.fromSpikes({ spikes, series: new Float32Array(2 * STEPS * CLASSES).fill(0.5) }),
};

/** Where and why the library refuses a choice; empty where its gradient is finite. */
async function answerTo(choice: Choice): Promise<string | undefined> {
  const config = configOf(choice);
  if (config === undefined) return undefined;
  let made: Trainer;
  try {
    made = await createTrainer(config);
  } catch (thrown) {
    if (thrown instanceof SpikeletError && thrown.code === "CONFIG_INVALID") {
      const path = thrown.path.replace(/layers\[\d+\]/, "layers[…]");
      return `\`${path}\` | ${thrown.message.slice(thrown.message.indexOf(": ") + 2)}`;
    }
    throw thrown;
  }
  using trainer = made;
  const { layers, loss } = await trainer.gradients(DATA[choice.at(-1) as string] as SpikeDataset);
  const all = layers.flatMap(({ weights, biases, learnt }) => [...weights, ...biases, ...(learnt?.delays ?? [])]);
  const areFinite = [loss, ...all].every(Number.isFinite);
  if (!areFinite) throw new Error(`${choice.join(", ")}: a gradient is not finite`);
  return "";
}

/** What goes together, as the library itself answers. */
export async function combinations(): Promise<string> {
  const { rows, taken, asked } = await decisionList(questions, answerTo);
  const table = rows.map(({ answers, result }) => `| ${answers.join(" | ")} | ${result} |`);
  return `Which rule goes with which neuron, reset, delays, loss and connection. The library was asked for a tiny network of each of
${asked.toLocaleString("en-US")} combinations: it accepts ${taken.toLocaleString("en-US")} of them, each with a finite gradient, and refuses the others with
\`CONFIG_INVALID\`, the path and the reason below. An empty cell means any value, \`¬\` any but those listed.

**A combination that fits no row is accepted.** Where more than one row fits, the first one gives path and reason.

| ${questions.map(({ name }) => name).join(" | ")} | refused at | reason |
|${"---|".repeat(questions.length + 2)}
${table.join("\n")}

- **rule**: the type and, behind the comma, the variant. Its **reset path** is that of every part that the rule has. There is
  nothing to choose for \`eventProp\`, which follows the whole reset path, and for \`eprop\`, which follows none of it.
- **neuron**: \`network.neuron\`, that of every layer but a \`leaky\` last one; \`singleSpike\` and \`refractory\` stand for a \`lif\` with that setting.
- **delays**: of the hidden and the last layer, learnt ones of up to 3 steps.
- **hidden layer**: \`conv2d\` stands for a convolution with an average pool. Other kernels, strides, groups and windows, \`conv1d\` and \`globalAvgPool\` are
  accepted and refused alike. **its neuron** is that of the last layer; \`spikes\`: the same as in the other layers. A convolution as the last layer is like a
  dense one, but is never \`leaky\`.
- \`leaky\` before the last layer is refused at its \`neuron.type\`. \`slopeFloor: 0\` is refused with the resets \`subtract\`,
  \`subtractAfterDecay\` and \`none\`.`;
}
