/** The three rules that race, in their order on the page. */
export const RULES = [
  {
    type: "activation",
    name: "Activation",
    mark: "circle",
    idea: "Asks for spikes to be born or gone, by how near each membrane is to its threshold.",
  },
  { type: "timing", name: "Timing", mark: "diamond", idea: "Moves the spikes that happened, earlier or later." },
  { type: "antlr", name: "ANTLR", mark: "square", idea: "Adds the two at every spike, on the way back through the network." },
] as const;

export type Rule = (typeof RULES)[number];
export type RuleType = Rule["type"];
