import { defineCommand } from "citty";
import { UsageError } from "../../exit.js";
import { outputOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { gather, writeMerged } from "../../sweep/merge.js";
import { bestLines, counts, errorLines } from "../../sweep/words.js";

export const merge = defineCommand({
  meta: { name: "merge", description: "Joins the records of a sweep from any number of folders into one table" },
  args: {
    dirs: { type: "positional", required: true, description: "folders of the sweep", valueHint: "DIR…" },
    out: { type: "string", description: "folder for the table; the first one unless given", valueHint: "DIR" },
    ...outputOptions,
  },
  async run({ args }) {
    const [first] = args._;
    if (first === undefined) throw new UsageError("which folders? spikelet sweep merge out/a out/b");
    const gathered = await gather(args._);
    const files = await writeMerged(gathered, args.out ?? first);
    const { rows: _, ...totals } = gathered.table;
    printResult(args.json === true, { type: "sweep", ...totals, files }, () => [
      counts(gathered.table),
      ...errorLines(gathered.table),
      ...bestLines(gathered.table, gathered.manifest.plan),
      `${files.page}, ${files.table}, ${files.records}`,
    ]);
  },
});
