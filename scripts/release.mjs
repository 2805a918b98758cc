// npm run release -- ADDONS OUT [--only-there] [--rehearse]
// Packs what is published: the package without an addon of its own, one package for each platform with the addon from ADDONS, on which
// the first depends as far as they fit the machine, and the starters of `npm create spikelet`. --only-there leaves platforms out whose addon is missing. Where GITHUB_REPOSITORY
// names the repository, the README links to it: npm's page has none of the other files. --rehearse has npm check the tarballs; the
// workflow `release` publishes them, in a job that runs none of this.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { run, StepFailed } from "./run.mjs";
import { main } from "./setup.mjs";
import { stageMain, stagePlatforms, stageStarters } from "./stage.mjs";
import { ROOT } from "./stamps.mjs";

await main(async () => {
  const words = process.argv.slice(2);
  const [addons, out] = words.filter((word) => !word.startsWith("--")).map((word) => resolve(word));
  if (addons === undefined || out === undefined) {
    throw new StepFailed("usage: npm run release -- ADDONS OUT [--only-there] [--rehearse]");
  }
  const tarballs = await pack(addons, out, words.includes("--only-there"));
  if (words.includes("--rehearse")) await rehearse(tarballs);
});

/** Writes the tarballs and returns their paths, each after those that it needs. */
async function pack(addons, out, isPartial) {
  // napi-rs makes packages only below the project.
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const stage = mkdtempSync(join(ROOT, ".cache", "release-"));
  try {
    mkdirSync(out, { recursive: true });
    const platforms = await stagePlatforms(addons, stage, isPartial);
    const folders = [...platforms.map(({ folder }) => folder), stageMain(stage, platforms), stageStarters(stage)];
    const tarballs = [];
    for (const folder of folders) {
      await run("npm", ["pack", "--silent", folder, "--pack-destination", out]);
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      tarballs.push(join(out, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`));
    }
    return tarballs;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * Has npm check the tarballs and their order without sending anything.
 *
 * @throws {StepFailed} at a tag that is not the version, and where npm refuses one.
 */
async function rehearse(tarballs) {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: tag } = process.env;
  if (type === "tag" && tag !== `v${version}`) throw new StepFailed(`the tag is ${tag}, package.json has the version ${version}`);
  for (const tarball of tarballs) {
    await run("npm", ["publish", "--dry-run", "--access", "public", "--loglevel", "error", tarball]);
  }
}
