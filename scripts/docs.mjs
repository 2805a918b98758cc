// npm run docs: the reference of the crates (rustdoc) into target/doc, and the site with guides, references, results and demo into
// .cache/site/dist.
import { run } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { buildApi, buildSite } from "./site.mjs";

/** Crates whose dependencies take longer to compile than all the others, and that nobody imports. */
const TOOLS = ["xtask", "wasm-build"];
const BINDINGS = ["node", "wasm", "extras-wasm", "infer-wasm", "kernels-wasm", "benches"];

/** Fails on what is not documented, and on links of doc comments that lead nowhere. */
export async function buildReference({ withBindings = true } = {}) {
  const left = [...TOOLS, ...(withBindings ? [] : BINDINGS)].flatMap((name) => ["--exclude", `spikelet-${name}`]);
  const rustdoc = ["doc", "--quiet", "--locked", "--no-deps", "--workspace", ...left];
  await run("cargo", rustdoc, { environment: { RUSTDOCFLAGS: "-D warnings" } });
  await buildApi({ force: true });
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp();
    await buildReference();
    await buildSite({ withDemo: true });
    process.stdout.write("target/doc/spikelet_training/index.html\n.cache/site/dist/index.html\n");
  });
}
