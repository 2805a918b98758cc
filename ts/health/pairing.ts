import type { ResolvedConfig } from "../config.js";
import { isOfCounts } from "../decisions.js";
import type { Warning } from "./warning.js";

type Rule = ResolvedConfig["rule"];
type Pair = Pick<ResolvedConfig, "rule" | "loss">;

/** Whether a rule has no activation part, and learns only from spikes that are there. */
export function isTimingAlone(rule: Rule): rule is Extract<Rule, { type: "timing" | "eventProp" }> {
  return rule.type === "timing" || rule.type === "eventProp";
}

/** Why a rule gets little or no gradient from a loss, and the settings that help; `undefined` where the two suit each other. */
export function mismatchOf({ rule, loss }: Pair): { reason: string; remedy: string } | undefined {
  if (rule.type === "activation" && loss.type === "latency" && loss.spikeGradient !== "relaxed") {
    return {
      reason: "surrogate gradients exist only while the output of the label is silent",
      remedy: 'set `rule.type` to "antlr" or "timing", `loss.spikeGradient` to "relaxed", or `loss.type` to "count"',
    };
  }
  if (isTimingAlone(rule) && isOfCounts(loss)) {
    return {
      reason: "moving a spike changes no count",
      remedy: 'set `rule.type` to "antlr" or "activation", or `loss.type` to "latency"',
    };
  }
  return undefined;
}

/** The warnings that a configuration gives before any training. */
export function warningsOfConfig(config: Pair): Warning[] {
  const mismatch = mismatchOf(config);
  if (mismatch === undefined) return [];
  const { rule, loss } = config;
  const message = `the rule \`${rule.type}\` learns little or nothing from the loss \`${loss.type}\`: ${mismatch.reason}`;
  return [{ code: "RULE_WITHOUT_GRADIENT", layer: null, message, advice: mismatch.remedy }];
}
