import { resolve } from "node:path";
import { shards } from "../../../datasets/shards/open.node.js";
import { SpikeletError } from "../../../errors.js";
import { grouped } from "../../../report/result/texts.js";
import { defineCommand } from "../../command.js";
import { defaultFolder, type FileState, stateOf } from "../../download/folder.js";
import { UsageError } from "../../exit.js";
import { withProgress } from "../../live-line.js";
import { outputOptions, publishedOptions } from "../../options.js";
import { printResult } from "../../print.js";
import { publishedSet } from "./published.js";

const WORDS: Record<FileState, string> = {
  ok: "as published",
  repacked: "packed anew, the content is as published",
  unpacked: "unpacked",
  wrong: "differs from what was published",
  missing: "missing",
};

export const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Compares the files of a data set with their published checksums, or a folder of shards with its own",
  },
  args: { ...publishedOptions, ...outputOptions },
  async run({ args }) {
    const { name } = args;
    if (name === "shards") {
      if (args.dir === undefined) throw new UsageError("shards need --dir DIR");
      const { length } = await shards({ dir: args.dir, verify: true });
      printResult(args.json, { dataset: name, dir: resolve(args.dir), samples: length }, () => [
        `${grouped(length)} samples, as they were packed`,
      ]);
      return;
    }
    const set = publishedSet(name);
    const dir = args.dir === undefined ? defaultFolder(name) : resolve(args.dir);
    const files: { name: string; md5: string | null; sha256: string | null; state: FileState }[] = [];
    await withProgress("files compared", args.json, async (onProgress) => {
      for (const [done, file] of set.files.entries()) {
        const { name, md5 = null, sha256 = null } = file;
        onProgress?.({ done, all: set.files.length });
        files.push({ name, md5, sha256, state: await stateOf(dir, file) });
      }
    });
    printResult(args.json, { dataset: name, dir, files }, () =>
      files.map((file) => `${file.name.padEnd(28)} ${WORDS[file.state]}`),
    );
    const bad = files.find(({ state }) => state === "wrong") ?? files.find(({ state }) => state === "missing");
    if (bad === undefined) return;
    const code = bad.state === "wrong" ? "CHECKSUM_MISMATCH" : "DATA_FORMAT";
    throw new SpikeletError(code, dir, `${bad.name} ${bad.state === "wrong" ? wantedSum(bad) : "is missing"}`);
  },
});

function wantedSum({ md5, sha256 }: { md5: string | null; sha256: string | null }): string {
  if (sha256 !== null) return `must have SHA-256 ${sha256}`;
  return md5 === null ? "must unpack to what was published" : `must have MD5 ${md5}`;
}
