// node same-records.mjs A B: ends with 1 unless the merged records of two folders are the same in all but where and how long they ran.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [a, b] = process.argv.slice(2).map((dir) => {
  const lines = readFileSync(join(dir, "results.ndjson"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.stringify({ ...JSON.parse(line), ran: null, checksum: null }));
});
const differing = a?.findIndex((line, k) => line !== b?.[k]) ?? 0;
if (a === undefined || a.length !== b?.length || differing >= 0) {
  process.stderr.write(`${a?.length} and ${b?.length} records, the first that differs is ${differing}\n`);
  process.exit(1);
}
process.stdout.write(`${a.length} records are the same\n`);
