import type { Plots } from "../report/plots.js";
import type { Experiment, Figure } from "./experiment.js";
import { measure } from "./measures.js";
import type { RunRecord } from "./record.js";
import { placeOf, summaries, type VariantSummary } from "./summary.js";

/** A figure of the results as a file. */
export interface DrawnFigure {
  file: string;
  title: string;
  svg: string;
}

/** Every figure of the experiment that has something to show. */
export function figures(plots: Plots, experiment: Experiment, records: readonly RunRecord[]): DrawnFigure[] {
  const variants = summaries(records);
  return experiment.figures.flatMap((figure, k) => {
    const svg = draw(plots, figure, variants, experiment.axis ?? "");
    return svg === undefined ? [] : [{ title: figure.title, file: `${k + 1}-${figure.type}.svg`, svg }];
  });
}

function draw(plots: Plots, figure: Figure, variants: readonly VariantSummary[], axis: string): string | undefined {
  switch (figure.type) {
    case "spread": {
      const { label, of } = measure(figure.measure);
      const runs = variants.flatMap((variant) =>
        variant.records.map((record) => ({ series: placeOf(variant), value: of(record) })),
      );
      return plots.seedSpread(runs, { label });
    }
    case "scatter": {
      const [x, y] = [measure(figure.x), measure(figure.y)];
      const runs = variants.flatMap((variant) =>
        variant.records.map((record) => ({ series: placeOf(variant), x: x.of(record), y: y.of(record) })),
      );
      return plots.seedScatter(runs, { x: x.label, y: y.label });
    }
    case "lines": {
      const { label, of } = measure(figure.measure);
      const runs = variants.flatMap(({ series, at, records }) =>
        typeof at === "number" ? records.map((record) => ({ series, x: at, y: of(record) })) : [],
      );
      const isLogarithmic = figure.isLogarithmic ?? false;
      return runs.length === 0 ? undefined : plots.seedLines(runs, { x: axis, y: label, isLogarithmic });
    }
    case "epochs":
      return plots.seedLines(
        variants.flatMap((variant) => epochsOf(variant, figure.value)),
        {
          x: "Epoch",
          y: EPOCH_LABELS[figure.value],
          dots: false,
        },
      );
  }
}

const EPOCH_LABELS = { loss: "Loss", accuracy: "Accuracy by first spike (%)", spikes: "Spikes a sample" } as const;

/** On the validation data; on the training data where there are none. */
function epochsOf(variant: VariantSummary, value: keyof typeof EPOCH_LABELS) {
  return variant.records.flatMap(({ epochs }) =>
    epochs.map(({ epoch, train, validation }) => {
      const seen = validation ?? train;
      const y = { loss: seen.loss, accuracy: 100 * seen.accuracy.firstSpike, spikes: seen.spikes.perSample }[value];
      return { series: placeOf(variant), x: epoch, y };
    }),
  );
}
