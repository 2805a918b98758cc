#!/usr/bin/env node
// npm create spikelet FOLDER -- --starter NAME: copies a starter into a new folder.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const STARTERS = {
  node: { about: "a program for Node", sources: ".", next: ["npm install", "npm start"] },
  react: { about: "a page, with Vite and React", sources: "src", next: ["npm install", "npm run dev"] },
  page: { about: "a page, without tools", sources: ".", next: ["npx http-server -o"] },
};

const USAGE = `npm create spikelet FOLDER -- --starter NAME

Starters:
${Object.entries(STARTERS)
  .map(([name, { about }]) => `  ${name.padEnd(6)} ${about}`)
  .join("\n")}`;

/** Ends the process with a sentence. */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n\n${USAGE}\n`);
  process.exit(1);
}

/** The words of the command. */
function wordsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { starter: { type: "string", default: "node" }, help: { type: "boolean", short: "h", default: false } },
    });
  } catch (thrown) {
    return refuse(thrown.message);
  }
}

const { values, positionals } = wordsOf();
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const [folder, ...others] = positionals;
if (folder === undefined || others.length > 0) refuse("Name one folder for the project.");
if (!Object.hasOwn(STARTERS, values.starter)) refuse(`There is no starter "${values.starter}".`);
if (existsSync(folder) && readdirSync(folder).length > 0) refuse(`${folder} is not empty: name a new folder.`);

const { about, sources, next } = STARTERS[values.starter];
const starter = (name) => fileURLToPath(new URL(`starters/${name}`, import.meta.url));
cpSync(starter(values.starter), folder, { recursive: true });
cpSync(starter("shared"), join(folder, sources), { recursive: true });
const manifest = join(folder, "package.json");
if (existsSync(manifest)) {
  const words = basename(resolve(folder))
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ["project"];
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"starter"', `"${words.join("-")}"`));
}
const lines = [`cd ${folder}`, ...next].map((line) => `  ${line}`);
process.stdout.write(`${folder} is ${about}. Next:\n\n${lines.join("\n")}\n`);
