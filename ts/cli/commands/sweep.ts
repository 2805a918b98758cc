import { join } from "node:path";
import { defineCommand } from "../command.js";
import { abortOnInterrupt } from "../interrupt.js";
import { choicesOf } from "../invocation.js";
import { study, studyOptions } from "../study/command.js";
import { readPlan } from "../study/plan-file.js";

export const sweep = defineCommand({
  meta: { name: "sweep", description: "Trains once for each combination of settings in a plan; skips runs that have a record" },
  subCommands: {
    merge: async () => (await import("./sweep/merge.js")).merge,
    status: async () => (await import("./sweep/status.js")).status,
  },
  args: {
    plan: {
      type: "positional",
      required: true,
      description: "plan of the sweep, as the guide to sweeps and clusters describes it",
      valueHint: "PLAN.json",
    },
    out: {
      type: "string",
      description: "folder for the records; by default out/NAME with the name of the plan",
      valueHint: "DIR",
    },
    ...studyOptions,
  },
  async run({ args }) {
    const choices = choicesOf(args, abortOnInterrupt());
    const plan = await readPlan(args.plan);
    await study(plan, args.out ?? join("out", plan.name), args, choices);
  },
});
