import type { ResolvedConfig } from "../config.js";
import type { LayerSize } from "../network-info.js";
import { LIMITS } from "./limits.js";
import { isTimingAlone, mismatchOf } from "./pairing.js";
import type { Circumstances, LateInput, Sign } from "./warning.js";

/** What helps where a network of a few samples does not wake up or learn. */
const TOY = "; with few samples start from `presets.toy` (`--preset toy`)";
const TOY_SIGNS: readonly Sign["code"][] = ["SILENT_NETWORK", "SILENT_LAYER", "SILENT_OUTPUT", "FLAT_LOSS"];

/** Signs that may only say that the input does not arrive. */
const SILENCE: readonly Sign["code"][] = ["SILENT_NETWORK", "SILENT_LAYER", "SILENT_OUTPUT"];

/** The settings that usually help against a sign, under a given configuration. */
export function adviceOn(
  sign: Sign,
  config: ResolvedConfig,
  layers: readonly LayerSize[],
  { samples, lateInput }: Circumstances = {},
): string {
  if (lateInput !== undefined && sign.code === "LATE_INPUT") return againstLateInput(lateInput);
  if (lateInput !== undefined && SILENCE.includes(sign.code) && lateInput.fraction >= LIMITS.lateInput) {
    return `the input is missing, not the weights: ${againstLateInput(lateInput)}`;
  }
  const isToy = samples !== undefined && samples <= LIMITS.fewSamples && TOY_SIGNS.includes(sign.code);
  return `${settingsFor(sign, config, layers)}${isToy ? TOY : ""}`;
}

function againstLateInput({ steps }: LateInput): string {
  return `set \`network.steps\` to ${steps}, or encode the data into fewer steps`;
}

function settingsFor({ code, layer }: Sign, config: ResolvedConfig, layers: readonly LayerSize[]): string {
  switch (code) {
    case "INITIAL_ACTIVITY":
      return "set `training.initialActivity.spikesPerUnit` nearer to it, or raise `training.initialActivity.samples`";
    case "LATE_INPUT":
      return "raise `network.steps`";
    case "SILENT_NETWORK":
    case "SILENT_LAYER":
      return againstSilence(config, layers[layer ?? 0]);
    case "SILENT_OUTPUT":
      return config.loss.type === "latency" && !isTimingAlone(config.rule)
        ? `raise \`loss.silentTargetPenalty\`; ${againstSilence(config, layers.at(-1))}`
        : againstSilence(config, layers.at(-1));
    case "SATURATED_LAYER":
      return againstSaturation(config, layer === layers.length - 1);
    case "VANISHING_SPIKES":
      return againstVanishingSpikes(config, layer === layers.length - 1, layers[layer ?? 0]);
    case "VANISHING_GRADIENT":
      return againstVanishingGradient(config);
    case "EXPLODING_GRADIENT":
      return againstExplodingGradient(config);
    case "FLAT_LOSS":
      return `raise \`optimizer.learningRate\`${"inverseTemperature" in config.loss ? " or `loss.inverseTemperature`" : ""}`;
    case "RISING_LOSS":
      return "lower `optimizer.learningRate`";
  }
}

function againstSilence({ training, rule, regularizers }: ResolvedConfig, layer: LayerSize | undefined): string {
  if (regularizers.spikePenalty > 0) return "lower `regularizers.spikePenalty`";
  const { rules, strength, convolutions } = training.silentUnitUpdate;
  const reaches = rules === "all" || (rules === "timing" && rule.type === "timing");
  const orLouder = "or lower `network.neuron.threshold`, or send more input spikes";
  if (layer?.kernel !== undefined && !convolutions) return `set \`training.silentUnitUpdate.convolutions\` to true, ${orLouder}`;
  if (!reaches) {
    const rules = rule.type === "timing" ? "timing" : "all";
    return `set \`training.silentUnitUpdate.rules\` to "${rules}", which raises their weights until they fire, ${orLouder}`;
  }
  return `raise \`training.silentUnitUpdate.strength\`${strength === 0 ? " above 0" : ""}, ${orLouder}`;
}

function againstSaturation({ rule }: ResolvedConfig, isOutput: boolean): string {
  const general = "raise `network.neuron.threshold`, lower `optimizer.learningRate`";
  if (isOutput || isTimingAlone(rule)) return `${general}, or set \`network.neuron.refractory\``;
  return `${general}, or set \`regularizers.rateBounds.upper\``;
}

function againstVanishingSpikes(config: ResolvedConfig, isOutput: boolean, layer: LayerSize | undefined): string {
  if (isOutput || isTimingAlone(config.rule)) return `lower \`optimizer.learningRate\`; ${againstSilence(config, layer)}`;
  if (config.regularizers.spikePenalty > 0) return "lower `regularizers.spikePenalty`";
  return "lower `optimizer.learningRate`, or set `regularizers.rateBounds.lower`";
}

function againstVanishingGradient(config: ResolvedConfig): string {
  const { rule } = config;
  const mismatch = mismatchOf(config);
  if (mismatch !== undefined) return `${mismatch.reason}: ${mismatch.remedy}`;
  if (isTimingAlone(rule)) return againstSilence(config, undefined);
  const type = rule.surrogate?.type;
  const wider =
    type === "triangle" || type === "rectangle" ? "raise `rule.surrogate.halfWidth`" : "lower `rule.surrogate.sharpness`";
  return `${wider}, so that units far from the threshold learn; if it was larger before, lower \`optimizer.learningRate\``;
}

function againstExplodingGradient({ rule, training }: ResolvedConfig): string {
  const clip = training.gradientClip === null ? "set `training.gradientClip` to 1; " : "";
  if (isTimingAlone(rule)) return `${clip}lower \`optimizer.learningRate\``;
  const timing = rule.type === "activation" ? "" : " or `rule.timingWeight`";
  return `${clip}lower \`rule.surrogate.scale\`${timing}, or \`optimizer.learningRate\``;
}
