// npm run docs: the reference of the crates (rustdoc) into target/doc, and the site with guides, references, results and demo into
// .cache/site/dist.
import { run } from "./run.mjs";
import { main, setUp } from "./setup.mjs";
import { buildApi, buildSite } from "./site.mjs";

/** Fails on what is not documented, and on links of doc comments that lead nowhere. */
export async function buildReference() {
  const rustdoc = ["doc", "--quiet", "--locked", "--no-deps", "--workspace", "--exclude", "spikelet-xtask"];
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
