import { existsSync } from "node:fs";
import type { PublishedSet } from "../../../datasets/published.js";
import { defineCommand } from "../../command.js";
import { defaultFolder } from "../../download/folder.js";
import { outputOptions } from "../../options.js";
import { megabytes, printResult } from "../../print.js";
import { addressesOf } from "../../sets/published.js";
import { PUBLISHED, SETS, type SetName } from "../../sets.js";

export const list = defineCommand({
  meta: { name: "list", description: "Lists the data sets and their sources" },
  args: { ...outputOptions },
  run({ args }) {
    const sets = (Object.keys(SETS) as SetName[]).map((name) => ({ name, about: SETS[name].about, published: published(name) }));
    printResult(args.json, { sets }, () =>
      sets.flatMap((set) => {
        const first = `${set.name.padEnd(19)} ${set.about}`;
        if (set.published === null) return [first];
        const { title, samples, size, licence, isThere, dir } = set.published;
        const where = isThere ? `in ${dir}` : `spikelet data fetch ${set.name}`;
        return [
          first,
          `${" ".repeat(20)}${title}`,
          `${" ".repeat(20)}${samples.train} + ${samples.test} samples, ${megabytes(size)}, licence ${licence}; ${where}`,
        ];
      }),
    );
  },
});

function published(name: string): (Omit<PublishedSet, "mirrors"> & { dir: string; isThere: boolean }) | null {
  const set = PUBLISHED.get(name);
  if (set === undefined) return null;
  const dir = defaultFolder(name);
  const { title, source, licence, samples, size } = set;
  const files = set.files.map((file) => ({ ...file, urls: addressesOf(set, file) }));
  return { title, source, licence, samples, size, files, dir, isThere: existsSync(dir) };
}
