import type { ResolvedConfig } from "../../config.js";
import type { Metrics } from "../../generated/config.js";
import type { Warning } from "../../health/warning.js";
import type { LayerSize } from "../../network-info.js";
import type { CurvePoint, LearntLayer } from "../../plot/index.js";
import type { LayerParameters } from "../../results.js";
import type { Answers } from "./answers.js";
import type { BackendSummary } from "./backend-summary.js";

/** Content of a page about a network. */
export interface Result {
  title: string;
  /** Which samples it was measured on. */
  part: string;
  metrics: Metrics;
  warnings: readonly Warning[];
  /** The epochs of its training, where they are known. */
  epochs: readonly CurvePoint[];
  /** Further facts for the head of the page. */
  facts: readonly (readonly [name: string, value: string])[];
  config: ResolvedConfig;
  layers: readonly LayerSize[];
  /** Where the data come from, as JSON. */
  data: object;
  /** Shape of a sample as its data set states it; empty for spikes without one. */
  shape: readonly number[];
  answers: Answers;
  /** Parameters of the first spiking layer. */
  parameters: LayerParameters;
  /** Learnt constants and delays of the layers, where there are any. */
  learnt: readonly LearntLayer[] | undefined;
  /** Learnt constants and delays before the training, where they are known. */
  learntBefore?: readonly LearntLayer[] | undefined;
  backend: BackendSummary;
}
