// Folders of what is published, each of which npm packs as it is.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runTool, StepFailed } from "./run.mjs";
import { slim } from "./slim.mjs";
import { ROOT } from "./stamps.mjs";

const ADDONS = "bindings/node";
const LICENCES = readdirSync(ROOT).filter((name) => name.startsWith("LICENSE"));
/** Texts of a package with code of others in it. */
const TEXTS = [...LICENCES, "THIRD-PARTY.txt"];

/**
 * Makes a folder for each platform, as napi-rs lays it out, with the addon in it.
 *
 * @param {string} addons folder of the addons
 * @param {string} stage where the folders are made, below the project
 * @param {boolean} isPartial whether platforms without an addon are left out
 * @returns {Promise<{ name: string, version: string, folder: string }[]>}
 */
export async function stagePlatforms(addons, stage, isPartial) {
  const npm = join(stage, "npm");
  await runTool("@napi-rs/cli", "dist/cli.js", ["create-npm-dirs", "--npm-dir", npm], { isQuiet: true });
  const found = readdirSync(npm).flatMap((platform) => {
    const folder = join(npm, platform);
    const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const addon = join(addons, description.main);
    if (!existsSync(addon) && isPartial) return [];
    if (!existsSync(addon)) throw new StepFailed(`${addon} is missing: every platform needs its addon`);
    cpSync(addon, join(folder, description.main));
    for (const text of TEXTS) cpSync(join(ROOT, text), join(folder, text));
    description.files = [...(description.files ?? []), ...TEXTS];
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
    return [{ name: description.name, version: description.version, folder }];
  });
  if (found.length === 0) throw new StepFailed(`${addons} holds no addon`);
  return found;
}

/**
 * Makes a folder of what `npm pack` would take, made small, with the platforms as optional dependencies.
 *
 * @param {string} stage where it is made
 * @param {{ name: string, version: string }[]} platforms
 * @param {{ withAddon?: boolean }} [options] whether the addon of this machine lies in it too
 */
export function stageMain(stage, platforms, { withAddon = false } = {}) {
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
  const isAddon = (/** @type {string} */ entry) => entry.endsWith(".node");
  const addons = withAddon ? readdirSync(join(ROOT, ADDONS)).filter((name) => /^spikelet\..*\.node$/.test(name)) : [];
  const entries = description.files.filter((/** @type {string} */ entry) => !isAddon(entry));
  for (const entry of ["README.md", "CHANGELOG.md", ...entries, ...addons.map((name) => `${ADDONS}/${name}`)]) {
    mkdirSync(dirname(join(folder, entry)), { recursive: true });
    cpSync(join(ROOT, entry), join(folder, entry), { recursive: true });
  }
  slim(folder);
  if (address !== undefined) {
    const readme = join(folder, "README.md");
    writeFileSync(readme, linkedTo(readFileSync(readme, "utf8"), address, `v${description.version}`));
  }
  return folder;
}

/**
 * Makes the folder of the package that `npm create spikelet` runs.
 *
 * @param {string} stage where it is made
 */
export function stageStarters(stage) {
  const folder = join(stage, "create-spikelet");
  cpSync(join(ROOT, "create-spikelet"), folder, { recursive: true });
  const { private: _, ...description } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const address = repositoryOf(process.env);
  if (address !== undefined) description.repository = { type: "git", url: `git+${address}.git`, directory: "create-spikelet" };
  for (const text of LICENCES) cpSync(join(ROOT, text), join(folder, text));
  description.files = [...description.files, ...LICENCES];
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
  return folder;
}

/**
 * Address of the repository that a workflow runs in.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
function repositoryOf({ GITHUB_REPOSITORY: name, GITHUB_SERVER_URL: server = "https://github.com" }) {
  return name ? `${server}/${name}` : undefined;
}

/**
 * A text of the repository whose links to files lead into it: to pages, and to figures themselves.
 *
 * @param {string} markdown
 * @param {string} address of the repository
 * @param {string} tag
 */
function linkedTo(markdown, address, tag) {
  const isOwn = String.raw`(?!https?:|#)([^)\s]+)\)`;
  const figures = new RegExp(String.raw`(!\[[^\]]*\]\()${isOwn}`, "g");
  const pages = new RegExp(String.raw`(\]\()${isOwn}`, "g");
  return markdown.replace(figures, `$1${address}/raw/${tag}/$2)`).replace(pages, `$1${address}/blob/${tag}/$2)`);
}
