// npm run docs: the reference of the crates (rustdoc) into target/doc and that of the package (TypeDoc) into .cache/api.
import { run, runTool } from "./run.mjs";
import { main, setUp } from "./setup.mjs";

/** Fails on what is not documented, and on links that lead nowhere. */
export async function buildReference() {
  const rustdoc = ["doc", "--quiet", "--locked", "--no-deps", "--workspace", "--exclude", "spikelet-xtask"];
  await run("cargo", rustdoc, { environment: { RUSTDOCFLAGS: "-D warnings" } });
  await runTool("typedoc", "bin/typedoc", [], { isQuiet: true });
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  await main(async () => {
    await setUp({ withWasm: false });
    await buildReference();
    process.stdout.write("target/doc/spikelet_core/index.html\n.cache/api/index.html\n");
  });
}
