import { gather } from "../../../study/report/merge.node.js";
import { defineCommand } from "../../command.js";
import { outputOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { counts, damageLines, errorLines, missingLines } from "../../study/text.js";

export const status = defineCommand({
  meta: { name: "status", description: "Says which runs of a sweep are done, failed or missing" },
  args: {
    dirs: {
      type: "positional",
      required: true,
      description: "folders of the sweep, or packed files",
      isMany: true,
      valueHint: "DIR",
    },
    ...outputOptions,
  },
  async run({ args }) {
    const found = await gather(args.dirs);
    const { manifest, table, damaged, unchecked } = found;
    const { rows, ...totals } = table;
    const runs = rows.map(({ run, record }) => {
      const { id, settings, seed, rung } = run;
      return { id, settings, seed, rung, status: record?.status ?? "missing", ...(record?.error ? { error: record.error } : {}) };
    });
    printResult(args.json === true, { type: "status", name: manifest.name, ...totals, damaged, unchecked, runs }, () => [
      `${manifest.name}: ${counts(table, manifest.plan)}`,
      ...damageLines(found),
      ...errorLines(table),
      ...missingLines(table, manifest.plan),
    ]);
  },
});
