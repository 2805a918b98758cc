import type { Experiment } from "../experiment.js";
import { balance } from "./balance.js";
import { balanceSchedules } from "./balance-schedules.js";
import { commonCount } from "./common-count.js";
import { convolutions } from "./convolutions.js";
import { fair } from "./fair.js";
import { fashionGoals } from "./fashion-goals.js";
import { initialActivity } from "./initial-activity.js";
import { insideOrFinal } from "./inside-or-final.js";
import { mnistGoals } from "./mnist-goals.js";
import { nmnist } from "./nmnist.js";
import { presets } from "./presets.js";
import { rateCoded } from "./rate-coded.js";
import { readouts } from "./readouts.js";
import { resetPaths } from "./reset-paths.js";
import { singleSpike } from "./single-spike.js";
import { spikePenalty } from "./spike-penalty.js";
import { spikeTrainMatching } from "./spike-train-matching.js";
import { spokenDigits, spokenVoices } from "./spoken-digits.js";
import { structure } from "./structure.js";
import { surrogateWidth } from "./surrogate-width.js";
import { targetSilence } from "./target-silence.js";
import { trainingSettings } from "./training-settings.js";
import { verdict, verdictFashion } from "./verdict.js";
import { verdictEprop } from "./verdict-eprop.js";
import { verdictEvents } from "./verdict-events.js";
import { verdictOrder } from "./verdict-order.js";
import { verdictRates } from "./verdict-rates.js";
import { verdictStructure } from "./verdict-structure.js";
import { verdictTrains } from "./verdict-trains.js";
import { verdictWider, verdictWiderFashion } from "./verdict-wider.js";
import { yinYang } from "./yin-yang.js";

/** Every experiment, in the order of reading. */
export const EXPERIMENTS: readonly Experiment[] = [
  verdict,
  verdictWider,
  verdictFashion,
  verdictWiderFashion,
  verdictEvents,
  verdictStructure,
  verdictTrains,
  verdictOrder,
  verdictRates,
  verdictEprop,
  spikeTrainMatching,
  mnistGoals,
  fashionGoals,
  presets,
  readouts,
  trainingSettings,
  nmnist,
  balance,
  balanceSchedules,
  insideOrFinal,
  fair,
  resetPaths,
  commonCount,
  targetSilence,
  spikePenalty,
  singleSpike,
  initialActivity,
  surrogateWidth,
  structure,
  rateCoded,
  convolutions,
  spokenDigits,
  spokenVoices,
  yinYang,
];
