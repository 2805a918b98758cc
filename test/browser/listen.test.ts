import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { datasets, type Encoding, restoreNetwork } from "spikelet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultFolder } from "../../ts/cli/download/folder.js";
import { Demo, type DemoPage } from "./demo-page.js";
import { failWorkers, keepWorkers } from "./failing-workers.js";
import { traceMainThread } from "./main-thread.js";
import { keepPage, keepScreenshot, SCREENSHOTS } from "./screenshot.js";
import { fileOf, glide } from "./sounds.js";

const CHECKPOINT = fileURLToPath(new URL("../../demo/listen/spoken-digits.safetensors", import.meta.url));
const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 900 } };
const RECORDINGS = process.env["SPIKELET_SPOKEN_DIGITS"] ?? defaultFolder("spokenDigits");

const rise = (seed: number) => glide(300, 1600, seed);
const fall = (seed: number) => glide(1600, 300, seed);

/** Flags with which a file is the microphone. */
function microphone(file: string): string[] {
  const capture = `--use-file-for-fake-audio-capture=${file}`;
  return [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    capture,
  ];
}

function heard({ page }: DemoPage): Promise<string[]> {
  return page.locator("#heard li").allTextContents();
}

/** Gives Listen five examples of each of two words. */
async function recordTwoWords({ page }: DemoPage): Promise<void> {
  for (const [field, name, sound] of [
    ["First word", "rise", rise],
    ["Second word", "fall", fall],
  ] as const) {
    await page.getByLabel(field).fill(name);
    await page.getByLabel(field).press("Tab");
    const row = page.locator(".word", { has: page.getByLabel(field) });
    if ((await row.getByRole("button").getAttribute("aria-pressed")) === "false") await row.getByRole("button").click();
    await page.setInputFiles(
      "#files",
      [11, 12, 13, 14, 15].map((seed) => fileOf(sound(seed))),
    );
    await expect.poll(() => row.locator(".count").textContent()).toBe("5 of 5");
  }
}

describe("Listen", () => {
  let folder: string;
  let demo: Demo;
  let open: DemoPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikelet-listen-"));
    const silence = new Array<number>(48_000).fill(0);
    const sound = [...silence, ...glide(300, 1600, 1, 48_000), ...silence];
    await writeFile(join(folder, "microphone.wav"), fileOf(sound, "", 48_000).buffer);
    demo = await Demo.serve(microphone(join(folder, "microphone.wav")));
    open = await demo.enter("listen", { ...DESK, permissions: ["microphone"] });
  });
  afterAll(async () => {
    await demo?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("hears through a microphone, and shows spikes while it hears", async () => {
    const answers = await open.record("#detail");
    await open.button("Listen").click();
    await expect.poll(async () => (await heard(open)).length).toBeGreaterThan(0);
    expect(await open.barriers()).toEqual([]);
    // The recording repeats, so that at "Stop" the next word may just have begun.
    const raster = open.page.getByRole("img", { name: /^Spikes over 100 steps: input [1-9]\d*, hidden [1-9]\d*/ });
    await expect.poll(() => raster.count()).toBe(1);
    await open.button("Stop").click();
    expect(await open.text("#state")).toBe("The microphone is off.");
    expect((await answers()).join("\n")).toMatch(/^(Hearing …|So far: )/m);
    for (const isTentative of [true, false]) {
      await open.page.locator("#answer").evaluate((answer, is) => answer.classList.toggle("tentative", is), isTentative);
      expect(await open.barriers()).toEqual([]);
    }
    expect(open.complaints).toEqual([]);
  });

  it("asks for the microphone once at a time, and turns it off where it can't listen", async () => {
    const fresh = await demo.enter("listen", { ...DESK, permissions: ["microphone"] });
    await fresh.page.evaluate(() => {
      const streams: MediaStream[] = [];
      const contexts: AudioContext[] = [];
      const { mediaDevices } = navigator;
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await getUserMedia(constraints);
        streams.push(stream);
        return stream;
      };
      class Context extends AudioContext {
        constructor() {
          super();
          contexts.push(this);
        }
      }
      AudioWorklet.prototype.addModule = async () => {
        throw new Error("no worklet");
      };
      Object.assign(globalThis, { AudioContext: Context, streams, contexts });
      for (let click = 0; click < 3; click++) document.querySelector<HTMLElement>("#microphone")?.click();
    });
    await expect.poll(() => fresh.text("#state")).toMatch(/^There is no microphone/);
    const opened = () =>
      fresh.page.evaluate(() => {
        const { streams, contexts } = globalThis as unknown as { streams: MediaStream[]; contexts: AudioContext[] };
        return [
          streams.flatMap((one) => one.getTracks().map(({ readyState }) => readyState)),
          contexts.map(({ state }) => state),
        ];
      });
    await expect.poll(opened).toEqual([["ended"], ["closed"]]);
    await fresh.page.close();
  });

  it("says that the microphone has gone", async () => {
    const fresh = await demo.enter("listen", { ...DESK, permissions: ["microphone"] });
    await fresh.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await getUserMedia(constraints);
        const [track] = stream.getTracks();
        // As where somebody pulls the plug.
        const pull = () => {
          track?.stop();
          track?.dispatchEvent(new Event("ended"));
        };
        Object.assign(globalThis, { pull });
        return stream;
      };
    });
    const button = fresh.page.locator("#microphone");
    await button.click();
    await expect.poll(() => button.textContent()).toBe("Stop");
    await fresh.page.evaluate(() => (globalThis as unknown as { pull: () => void }).pull());
    await expect.poll(() => button.textContent()).toBe("Listen");
    expect(await fresh.text("#state")).toBe("The microphone has gone.");
    expect(await fresh.text("#announcement")).toBe("The microphone has gone.");
    expect(await fresh.page.locator("#level").isHidden()).toBe(true);
    await fresh.page.close();
  });

  it("turns the microphone off for a file", async () => {
    const fresh = await demo.enter("listen", { ...DESK, permissions: ["microphone"] });
    const button = fresh.page.locator("#microphone");
    await button.click();
    await expect.poll(() => button.textContent()).toBe("Stop");
    await fresh.page.setInputFiles("#files", fileOf(rise(1)));
    await expect.poll(() => button.textContent()).toBe("Listen");
    expect(await fresh.text("#state")).toBe("The microphone is off.");
    await fresh.page.close();
  });

  it("does not wait for audio that does not start, and hears recordings meanwhile", async () => {
    const fresh = await demo.enter("listen", { ...DESK, permissions: ["microphone"] }, (page) =>
      page.addInitScript(() => {
        // As in a browser without an output for sound.
        AudioContext.prototype.resume = function (this: AudioContext) {
          document.documentElement.dataset["asked"] = String(Number(document.documentElement.dataset["asked"] ?? 0) + 1);
          return new Promise(() => undefined);
        };
      }),
    );
    const listen = fresh.button("Listen");
    await listen.click();
    await fresh.page.waitForSelector("html[data-asked='1']");
    await fresh.page.setInputFiles("#files", fileOf(rise(1)));
    await expect.poll(async () => (await heard(fresh)).length).toBe(1);
    expect([await listen.isEnabled(), await fresh.text("#state")]).toEqual([true, "Ready."]);
    await fresh.page.clock.install();
    await listen.click();
    await fresh.page.waitForSelector("html[data-asked='2']");
    await fresh.page.clock.runFor(5000);
    await expect.poll(() => fresh.text("#state")).toMatch(/^The microphone can't be heard: .* Recordings work too\.$/);
    expect(await listen.isEnabled()).toBe(true);
    await fresh.page.close();
  });

  it("has ten recordings for those without a microphone", async () => {
    const fresh = await demo.enter("listen", DESK);
    const names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    for (const name of names) await fresh.button(name).click();
    await expect.poll(async () => (await heard(fresh)).length).toBe(10);
    expect(await heard(fresh)).toEqual(names);
    expect(await fresh.page.getByRole("contentinfo").textContent()).toMatch(/Free Spoken Digit Dataset.*CC BY-SA.*licence/s);
    expect(await fresh.page.locator("footer a[href*='by-sa/4.0']").count()).toBe(1);
    expect(fresh.sent()).toEqual([]);
    expect(fresh.complaints).toEqual([]);
    await fresh.page.close();
  });

  it("finds the words of a long recording", async () => {
    const silence = new Array<number>(6000).fill(0);
    const before = (await heard(open)).length;
    const recording = [1, 2, 3].flatMap((seed) => [...silence, ...rise(seed)]);
    await open.page.setInputFiles("#files", fileOf([...recording, ...silence]));
    await expect.poll(async () => (await heard(open)).length).toBe(before + 3);
  });

  it("learns two words while the page stays free, tells them apart, and goes back to digits", async () => {
    await recordTwoWords(open);
    const thread = await traceMainThread(demo.browser, open.page, async () => {
      const start = performance.now();
      await open.button("Learn the two").click();
      // Neither a second lesson nor what it does not know yet while it learns.
      await open.page.getByRole("textbox", { name: "First word" }).press("Enter");
      await open.button("Record rise").click();
      await open.button("Stop recording rise").click();
      await open.button("Learn the two").focus();
      expect(await open.button("Learn the two").isDisabled()).toBe(true);
      await open.reached("learnt");
      expect(await open.page.locator("#learn:focus").count()).toBe(1);
      console.log(`two words learnt in ${Math.round(performance.now() - start)} ms`);
    });
    console.log("main thread of Listen while it learns", thread);
    expect(thread.longest).toBeLessThan(50);
    const before = (await heard(open)).length;
    const unheard = [21, 22, 23, 24, 25].flatMap((seed) => [fileOf(rise(seed)), fileOf(fall(seed))]);
    await open.page.setInputFiles("#files", unheard);
    await expect.poll(async () => (await heard(open)).length).toBe(before + 10);
    const answers = (await heard(open)).slice(before);
    console.log(answers);
    expect(answers.filter((answer, k) => answer === ["rise", "fall"][k % 2]).length).toBeGreaterThanOrEqual(9);
    await open.button("Back to digits").click();
    await open.frames(2);
    expect(await open.page.locator("#forget:focus").count()).toBe(1);
    await open.page.setInputFiles("#files", fileOf(rise(30)));
    await expect.poll(async () => (await heard(open)).length).toBe(before + 11);
    expect((await heard(open)).at(-1)).not.toMatch(/rise|fall/);
    expect(open.sent()).toEqual([]);
    expect(open.complaints).toEqual([]);
  });

  it("says in words what is no sound", async () => {
    await open.page.setInputFiles("#files", { name: "notes.wav", mimeType: "audio/wav", buffer: Buffer.from("not a sound") });
    await expect.poll(() => open.text("#state")).toMatch(/^notes\.wav can't be heard: (?!files)/);
    expect(await open.page.locator("#state.failure").count()).toBe(1);
    expect(await open.barriers()).toEqual([]);
    expect(await open.text("#announcement")).toBe(await open.text("#state"));
    const before = (await heard(open)).length;
    await open.page.setInputFiles("#files", fileOf(rise(1)));
    await expect.poll(async () => (await heard(open)).length).toBe(before + 1);
    expect(await open.text("#state")).toBe("Ready.");
    expect(await open.page.locator("#state.failure").count()).toBe(0);
  });

  it("hears nothing in silence, in a short recording and in a long one", async () => {
    const before = (await heard(open)).length;
    for (const [name, seconds] of [
      ["short.wav", 0.5],
      ["long.wav", 3],
    ] as const) {
      await open.page.setInputFiles("#files", fileOf(new Array<number>(8000 * seconds).fill(0), name));
      await expect.poll(() => open.text("#state")).toBe(`No word was heard in ${name}.`);
      expect(await open.text("#announcement")).toBe(`No word was heard in ${name}.`);
    }
    expect((await heard(open)).length).toBe(before);
  });

  it("says that a lesson has failed", async () => {
    const fresh = await demo.enter("listen", DESK, keepWorkers);
    await recordTwoWords(fresh);
    await failWorkers(fresh.page, "#lesson", "Learning, round 1");
    await fresh.button("Learn the two").click();
    await fresh.reached("failed");
    expect(await fresh.text("#lesson")).toBe("");
    expect(await fresh.page.locator("#progress").isHidden()).toBe(true);
    await expect.poll(() => fresh.text("#announcement")).toContain("the worker failed: out of memory");
    await fresh.page.close();
  });

  it.skipIf(!existsSync(RECORDINGS))(
    "understands 100 spoken digits as Node does (needs spikelet data fetch spokenDigits)",
    async () => {
      // Of the official test: recording 0 of six speakers, and recording 1 of four, ten of each digit.
      const hundred = /_0\.wav$|_(lucas|nicolas|theo|yweweler)_1\.wav$/;
      const names = (await readdir(join(RECORDINGS, "recordings"))).filter((name) => hundred.test(name)).sort();
      expect(names.length).toBe(100);
      const files = await Promise.all(names.map((name) => readFile(join(RECORDINGS, "recordings", name))));
      const digits = names.map((name) => Number(name[0]));
      const network = await restoreNetwork(new Uint8Array(await readFile(CHECKPOINT)));
      const { classes, encoding } = JSON.parse(network.info.origin ?? "") as { classes: string[]; encoding: Encoding };
      const data = datasets.fromWav({ files: files.map((file) => new Uint8Array(file)), labels: digits }).encode(encoding);
      const { byCount = [] } = await network.predict(data);
      network.dispose();

      const fresh = await demo.enter("listen", DESK);
      await fresh.page.setInputFiles(
        "#files",
        files.map((buffer, k) => ({ name: names[k] ?? "", mimeType: "audio/wav", buffer })),
      );
      await expect.poll(async () => (await heard(fresh)).length).toBe(100);
      const answers = await heard(fresh);
      const inPage = answers.filter((answer, k) => answer === classes[digits[k] ?? 0]).length;
      const inNode = digits.filter((digit, k) => byCount[k] === digit).length;
      console.log(`of 100 spoken digits, in the page ${inPage}, in Node ${inNode}`);
      expect(Math.abs(inPage - inNode)).toBeLessThanOrEqual(1);
      // The stream of the page fires the very spikes of the whole recording.
      expect(answers).toEqual(Array.from(byCount, (output) => classes[output]));
      expect(inPage).toBeGreaterThanOrEqual(95);
      await fresh.page.waitForSelector("#inside[aria-busy=false]");
      await keepPage(fresh.page, "listen");
      expect(fresh.complaints).toEqual([]);
      await fresh.page.close();
      if (SCREENSHOTS === undefined) return;
      const shown = await demo.enter("listen", DESK);
      const few = [30, 4, 62, 91, 75].map((k) => ({
        name: names[k] ?? "",
        mimeType: "audio/wav",
        buffer: files[k] ?? Buffer.of(),
      }));
      await shown.page.setInputFiles("#files", few);
      await expect.poll(async () => (await heard(shown)).length).toBe(few.length);
      await shown.page.waitForSelector("#inside[aria-busy=false]");
      await keepScreenshot(shown.page, "listen", 970);
    },
  );
});
