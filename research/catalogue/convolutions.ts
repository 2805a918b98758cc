import type { Config, LayerConfig } from "spikelet";
import residual from "../../examples/convolutions/fashion.json" with { type: "json" };
import digits from "../../examples/convolutions/mnist.json" with { type: "json" };
import type { Experiment, Variant } from "../experiment.js";
import { UNCHOSEN } from "./shared.js";
import { spokenData, spokenTuning, spokenVariant } from "./spoken-digits.js";

/** Networks of the guide on images of 28 × 28 pixels: the configuration without its seed, with all training images. */
const IMAGES = { "12C5-MP2-64C5-MP2-10": digits, "residual of six convolutions": residual };

/** Over 20 bands of a spectrum, whose falls and rises are two channels. */
const BANDS: readonly LayerConfig[] = [
  { type: "conv1d", channels: 32, kernel: 5 },
  { type: "conv1d", channels: 64, kernel: 5, stride: 2, padding: 2 },
  { type: "flatten" },
];

export const convolutions: Experiment = {
  name: "convolutions",
  title: "convolutions: MNIST 99.2 %, Fashion-MNIST 91.5 %, spoken digits",
  question:
    "How accurate are the networks of the guide on convolutions? The settings and the number of epochs for images were chosen by validation accuracy with seed 101; then all " +
    "60,000 training images are learnt, and the last epoch counts: `--seeds 21,22,23,24,25`, for Fashion-MNIST 21 to 23. Those for spoken digits are searched as in " +
    "`spoken-digits`, whose dense networks stand beside them: seeds 1 to 5, and the best epoch by validation.",
  data: () => [{ dataset: "digits" }],
  seeds: { quick: 1, full: 5 },
  bestBy: "last",
  objective: UNCHOSEN,
  tuning: spokenTuning,
  variants: (scale) => {
    const isQuick = scale === "quick";
    const images = Object.entries(IMAGES).map(([series, { data, ...given }]): Variant => {
      const { training, ...config } = given as Config;
      const { seed: _, epochs, ...rest } = training ?? {};
      const few = { ...data, dataset: "digits", train: 500, test: 200, isValidationLearnt: true };
      const all = { ...data, isValidationLearnt: true };
      return {
        series,
        config: { ...config, training: { ...rest, epochs: isQuick ? 1 : epochs } } as Config,
        data: [(isQuick ? few : all) as NonNullable<Variant["data"]>[number]],
      };
    });
    const bands = spokenVariant(scale, BANDS, ["activation", "readout"], [2, 20]);
    const sound: Variant = { series: "conv1d", ...bands, data: spokenData(isQuick ? 0 : 2), tunedOn: spokenData(0) };
    return [...images, sound];
  },
  figures: [{ type: "epochs", value: "accuracy", title: "Learning" }],
};
