// node --import: from the second time on, a file never gets the name last.safetensors, as on a disk that does not answer; the process then
// prints "stuck".
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const { rename } = files;
let count = 0;

files.rename = (from, to) => {
  if (!String(to).endsWith("last.safetensors") || ++count === 1) return rename(from, to);
  process.stdout.write("stuck\n");
  // The wait for the disk keeps a process alive.
  return new Promise(() => setInterval(() => {}, 1_000_000));
};
syncBuiltinESMExports();
