// Runs in a command that a test starts with `node --import`: tells its process id, and holds it at a line that it prints until the test
// lets it go. A held process runs nothing but what the system does to it: a signal that comes meanwhile is heard when it is let go.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["SPIKELET_HOLD"] ?? "";
const text = process.env["SPIKELET_HOLD_AT"] ?? "";
let left = Number(process.env["SPIKELET_HOLD_COUNT"] ?? 1);
const rank = process.env["OMPI_COMM_WORLD_RANK"] ?? "0";

/** @param {string} name */
function tell(name) {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, String(process.pid));
  renameSync(`${file}.new`, file);
}

function hold() {
  tell("held");
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(join(folder, "go"))) Atomics.wait(never, 0, 0, 10);
}

tell(`rank-${rank}`);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = /** @type {typeof write} */ (
  (/** @type {string} */ chunk, /** @type {never[]} */ ...rest) => {
    const isWritten = write(chunk, ...rest);
    if (left > 0 && String(chunk).includes(text)) {
      left -= 1;
      if (left === 0) hold();
    }
    return isWritten;
  }
);
