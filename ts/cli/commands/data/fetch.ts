import { resolve } from "node:path";
import { defineCommand } from "../../command.js";
import { defaultFolder, fetchSet } from "../../download/folder.js";
import { DownloadView } from "../../download/view.js";
import { abortOnInterrupt } from "../../interrupt.js";
import { outputOptions, publishedOptions } from "../../options.js";
import { printResult, say } from "../../print.js";
import { publishedSet } from "./published.js";

export const fetch = defineCommand({
  meta: { name: "fetch", description: "Downloads, checks and unpacks a data set; continues a broken download" },
  args: {
    ...publishedOptions,
    mirror: { type: "string", description: "a base address to try before the published ones", valueHint: "URL" },
    ...outputOptions,
  },
  async run({ args }) {
    const { name } = args;
    const set = publishedSet(name);
    const dir = args.dir === undefined ? defaultFolder(name) : resolve(args.dir);
    say(`${set.title}\nlicence: ${set.licence}; ${set.source}`);
    const view = new DownloadView();
    const files: { name: string; what: string }[] = [];
    try {
      await fetchSet(set, dir, {
        signal: abortOnInterrupt(),
        mirror: args.mirror,
        onProgress: (progress) => view.show(progress),
        onWait: (file) => view.line(`${file}: another process is fetching it, waiting`),
        onFile: (file, what) => {
          view.line(`${file.name}: ${what === "present" ? "was there" : "fetched, its checksum is right"}`);
          files.push({ name: file.name, what });
        },
      });
    } finally {
      view.close();
    }
    printResult(args.json, { dataset: name, dir, files }, () => [`${name} is in ${dir}`]);
  },
});
