import { basename } from "node:path";
import { save } from "../../../io/files.node.js";
import { kernelPage } from "../../../kernels/report/page.js";
import { refuseOwnInput } from "../../arguments.js";
import { readRecord } from "../../bench/kernels/compared.js";
import { defineCommand } from "../../command.js";
import { outputOptions } from "../../options.js";
import { printResult } from "../../print.js";

export const report = defineCommand({
  meta: { name: "report", description: "Makes a page with figures of records of bench kernels" },
  args: {
    records: {
      type: "positional",
      required: true,
      isMany: true,
      description: "records that bench kernels --out wrote; the others are compared with the first",
      valueHint: "FILE",
    },
    out: { type: "string", default: "kernels.html", description: "file to write", valueHint: "FILE" },
    ...outputOptions,
  },
  async run({ args }) {
    for (const file of args.records) refuseOwnInput(args.out, file);
    const records = await Promise.all(
      args.records.map(async (file) => ({ name: basename(file, ".json"), record: await readRecord(file) })),
    );
    await save(args.out, kernelPage(records));
    printResult(args.json, { file: args.out, records: records.length }, () => [`wrote ${args.out}`]);
  },
});
