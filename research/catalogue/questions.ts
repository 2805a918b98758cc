/** What the paper's reviewers asked, and what answers it. */
export interface Question {
  /** Reviewers who asked: R1 to R4. */
  asked: string;
  question: string;
  /** The command whose figures answer it; `null` for what a page says or leaves open. */
  command: string | null;
}

const VERDICT = "npm run experiment -- verdict";

/** Every question, in the order of docs/results/verdict.md, which has the answers. */
export const QUESTIONS: readonly Question[] = [
  { asked: "R1", question: "How does ANTLR compare with activation and other spike-based rules?", command: VERDICT },
  { asked: "R1", question: "How is the no-spike penalty realised?", command: VERDICT },
  { asked: "R1", question: "What is the formula of the count loss's variant?", command: "npm run experiment -- target-silence" },
  { asked: "R1", question: "What about rate codes?", command: "npm run experiment -- verdict-rates" },
  { asked: "R1", question: "What does the structure of the network do?", command: "npm run experiment -- verdict-structure" },
  { asked: "R1", question: "How are the two gradients balanced?", command: "npm run experiment -- balance-schedules" },
  { asked: "R2", question: "Why may the two derivatives be added?", command: "node examples/gradient-direction.mjs" },
  { asked: "R2", question: "Is it more than a weighted sum of two gradients?", command: "npm run experiment -- inside-or-final" },
  { asked: "R2", question: "Why equal weights?", command: "npm run experiment -- balance" },
  { asked: "R2", question: "Larger networks, harder data?", command: "npm run experiment -- verdict-fashion" },
  {
    asked: "R2",
    question: "How accurate and how sparse beside published methods?",
    command: "npm run experiment -- mnist-goals",
  },
  { asked: "R2, R4", question: "What if all have the same settings?", command: VERDICT },
  {
    asked: "R2",
    question: "Why does the timing rule fire so much, also from a low start?",
    command: "npm run experiment -- initial-activity",
  },
  { asked: "R2, R4", question: "Was ANTLR given the no-spike penalty? Does it upset fairness?", command: VERDICT },
  { asked: "R2", question: "Activation and ANTLR under the same count loss?", command: "npm run experiment -- common-count" },
  { asked: "R2", question: "The rules under the same spike-train loss?", command: "npm run experiment -- verdict-trains" },
  { asked: "R2", question: "Is the path through the reset better ignored?", command: "npm run experiment -- reset-paths" },
  { asked: "R2", question: "What does it cost to fire once at most?", command: "npm run experiment -- single-spike" },
  {
    asked: "R2",
    question: "How do two activations shift a spike (figure 3b)? Can activation rules use that?",
    command: "node site/figures/draw.mjs",
  },
  { asked: "R2", question: "RNN-like or SRM inside ANTLR?", command: null },
  { asked: "R3", question: "Computational graphs that explain themselves?", command: "node site/figures/draw.mjs" },
  { asked: "R3", question: "Can the gap in accuracy be closed?", command: "npm run experiment -- mnist-goals" },
  { asked: "R4", question: "Are methods of neither kind sparse too?", command: null },
  {
    asked: "R4",
    question: "Does equation 7 depend on the neuron's own last spike?",
    command: "npm run experiment -- reset-paths",
  },
  { asked: "R4", question: "Which approximation has the derivative of the membrane?", command: null },
];
