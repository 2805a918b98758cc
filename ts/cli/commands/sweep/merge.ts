import { mergeInto } from "../../../study/report/merge.node.js";
import { defineCommand } from "../../command.js";
import { outputOptions } from "../../options.js";
import { printResult, say } from "../../print.js";
import { counts, damageLines, errorLines, resultLines, waitText } from "../../study/text.js";
import { refuseBesideRun } from "../../train/output.js";

export const merge = defineCommand({
  meta: { name: "merge", description: "Joins the records of a sweep from any number of folders into one table" },
  args: {
    dirs: {
      type: "positional",
      required: true,
      description: "folders of the sweep, or packed files",
      isMany: true,
      valueHint: "DIR",
    },
    out: { type: "string", description: "folder for the table; the first one by default", valueHint: "DIR" },
    ...outputOptions,
  },
  async run({ args }) {
    const out = args.out ?? String(args.dirs[0]);
    refuseBesideRun(out);
    const found = await mergeInto(out, args.dirs, {
      onWait: (owner) => say(waitText(out, owner)),
    });
    const { table, manifest, damaged, unchecked, files } = found;
    const { rows: _, ...totals } = table;
    printResult(args.json === true, { type: "sweep", ...totals, damaged, unchecked, files }, () => [
      counts(table, manifest.plan),
      ...damageLines(found),
      ...errorLines(table),
      ...resultLines(table, manifest.plan),
      `${files.page}, ${files.table}, ${files.records}`,
    ]);
  },
});
