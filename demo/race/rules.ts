/** The three rules that race, in their order on the page. */
export const RULES = [
  { type: "activation", name: "Activation", mark: "circle" },
  { type: "timing", name: "Timing", mark: "diamond" },
  { type: "antlr", name: "ANTLR", mark: "square" },
] as const;

export type Rule = (typeof RULES)[number];
export type RuleType = Rule["type"];
