// npm run size: how large the WebAssembly is, by crate; fails when it is larger than MAX_GZIPPED allows.
// -- --limit 400000 takes another limit, -- --json prints the numbers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { StepFailed } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";
import { EXTRAS, NAMED_WASM } from "./wasm.mjs";
import { MAX_GZIPPED, sizesOf } from "./wasm-sizes.mjs";

/** Crates that are smaller than this fraction of the module are put together. */
const SMALLEST = 0.005;

await main(async () => {
  const { values: words } = parseArgs({
    options: { limit: { type: "string", default: String(MAX_GZIPPED.module) }, json: { type: "boolean", default: false } },
  });
  await setUp();
  const bytes = readFileSync(join(ROOT, "bindings/wasm/pkg/spikelet_bg.wasm"));
  const gzipped = (file) => gzippedSizeOf(readFileSync(join(ROOT, file)));
  const report = {
    bytes: bytes.length,
    gzipped: gzippedSizeOf(bytes),
    limit: Number(words.limit),
    withThreads: {
      gzipped: gzipped("bindings/wasm/pkg-threads/spikelet-threads_bg.wasm"),
      limit: MAX_GZIPPED.withThreads,
    },
    extras: { gzipped: gzipped(EXTRAS), limit: MAX_GZIPPED.extras },
    ...namelessSizesOf(readFileSync(join(ROOT, NAMED_WASM))),
  };
  process.stdout.write(words.json ? `${JSON.stringify(report)}\n` : table(report));
  check("the WebAssembly", report.gzipped, report.limit);
  check("the WebAssembly with threads", report.withThreads.gzipped, report.withThreads.limit);
  check("the second WebAssembly", report.extras.gzipped, report.extras.limit);
});

function check(what, gzipped, limit) {
  if (gzipped > limit) throw new StepFailed(`${what} has ${kilobytes(gzipped)} gzipped, more than ${kilobytes(limit)}`);
}

function gzippedSizeOf(bytes) {
  return gzipSync(bytes, { level: 9 }).length;
}

/** Sizes of the module that ships, from the one that has names besides. */
function namelessSizesOf(named) {
  const { crates, others } = sizesOf(named);
  return { crates, others: others.filter(({ name }) => name !== "names of functions") };
}

function table({ bytes, gzipped, limit, withThreads, extras, crates, others }) {
  const large = crates.filter((crate) => crate.bytes >= SMALLEST * bytes);
  const small = crates.slice(large.length);
  const sum = (of) => small.reduce((total, crate) => total + crate[of], 0);
  const line = (name, size, note = "") =>
    `${name.padEnd(28)} ${kilobytes(size).padStart(11)} ${`${((100 * size) / bytes).toFixed(1)} %`.padStart(7)}  ${note}`.trimEnd();
  return [
    ...large.map((crate) => line(crate.name, crate.bytes, `${crate.functions} functions`)),
    line(`${small.length} smaller crates`, sum("bytes"), `${sum("functions")} functions`),
    ...others.map(({ name, bytes: size }) => line(name, size)),
    line("together", bytes, packed(gzipped, limit)),
    `with threads: ${packed(withThreads.gzipped, withThreads.limit)}`,
    `the second one: ${packed(extras.gzipped, extras.limit)}`,
    "",
  ].join("\n");
}

function packed(gzipped, limit) {
  return `${kilobytes(gzipped)} gzipped, at most ${kilobytes(limit)}`;
}

function kilobytes(size) {
  return `${(size / 1000).toFixed(1)} kB`;
}
