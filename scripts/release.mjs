// npm run release -- ADDONS OUT [--only-there] [--rehearse]
// Packs what is published: the package without an addon of its own, one package for each platform with the addon from ADDONS, on which
// the first depends as far as they fit the machine, and the starters of `npm create spikelet`. --only-there leaves platforms out whose addon is missing. Where GITHUB_REPOSITORY
// names the repository, the README links to it: npm's page has none of the other files. --rehearse has npm check the tarballs; the
// workflow `release` publishes them, in a job that runs none of this.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { run, runTool, StepFailed } from "./run.mjs";
import { main } from "./setup.mjs";
import { ROOT } from "./stamps.mjs";
import { THIRD_PARTY } from "./third-party.mjs";

const LICENCES = [...readdirSync(ROOT).filter((name) => name.startsWith("LICENSE")), THIRD_PARTY];

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

/** A folder for each platform, as napi-rs lays it out, with the addon in it. */
async function stagePlatforms(addons, stage, isPartial) {
  const npm = join(stage, "npm");
  await runTool("@napi-rs/cli", "dist/cli.js", ["create-npm-dirs", "--npm-dir", npm], { isQuiet: true });
  const found = readdirSync(npm).flatMap((platform) => {
    const folder = join(npm, platform);
    const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const addon = join(addons, description.main);
    if (!existsSync(addon) && isPartial) return [];
    if (!existsSync(addon)) throw new StepFailed(`${addon} is missing: every platform needs its addon`);
    cpSync(addon, join(folder, description.main));
    for (const text of LICENCES) cpSync(join(ROOT, text), join(folder, text));
    description.files = [...(description.files ?? []), ...LICENCES];
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
    return [{ name: description.name, version: description.version, folder }];
  });
  if (found.length === 0) throw new StepFailed(`${addons} holds no addon`);
  return found;
}

/** What `npm pack` would take, less addons, with the platforms as optional dependencies. */
function stageMain(stage, platforms) {
  const folder = join(stage, "main");
  const {
    private: _,
    workspaces,
    scripts,
    devDependencies,
    napi,
    ...description
  } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const optional = Object.fromEntries(platforms.map(({ name, version }) => [name, version]));
  description.optionalDependencies = optional;
  const address = repositoryOf(process.env);
  if (address !== undefined) {
    description.repository = { type: "git", url: `git+${address}.git` };
    description.homepage = `${address}#readme`;
  }
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  // What is left out of `files` again, npm leaves out when it packs the folder.
  const isCopied = (/** @type {string} */ entry) => !entry.endsWith(".node") && !entry.startsWith("!");
  for (const entry of ["README.md", "CHANGELOG.md", ...description.files].filter(isCopied)) {
    mkdirSync(dirname(join(folder, entry)), { recursive: true });
    cpSync(join(ROOT, entry), join(folder, entry), { recursive: true });
  }
  if (address !== undefined) {
    const readme = join(folder, "README.md");
    writeFileSync(readme, linkedTo(readFileSync(readme, "utf8"), address, `v${description.version}`));
  }
  return folder;
}

/** The package that `npm create spikelet` runs. */
function stageStarters(stage) {
  const folder = join(stage, "create-spikelet");
  cpSync(join(ROOT, "create-spikelet"), folder, { recursive: true });
  const { private: _, ...description } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const address = repositoryOf(process.env);
  if (address !== undefined) description.repository = { type: "git", url: `git+${address}.git`, directory: "create-spikelet" };
  const licences = LICENCES.filter((name) => name !== THIRD_PARTY);
  for (const text of licences) cpSync(join(ROOT, text), join(folder, text));
  description.files = [...description.files, ...licences];
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  return folder;
}

/** Address of the repository that a workflow runs in. */
function repositoryOf({ GITHUB_REPOSITORY: name, GITHUB_SERVER_URL: server = "https://github.com" }) {
  return name ? `${server}/${name}` : undefined;
}

/** A text of the repository whose links to files lead into it: to pages, and to figures themselves. */
function linkedTo(markdown, address, tag) {
  const isOwn = String.raw`(?!https?:|#)([^)\s]+)\)`;
  const figures = new RegExp(String.raw`(!\[[^\]]*\]\()${isOwn}`, "g");
  const pages = new RegExp(String.raw`(\]\()${isOwn}`, "g");
  return markdown.replace(figures, `$1${address}/raw/${tag}/$2)`).replace(pages, `$1${address}/blob/${tag}/$2)`);
}
