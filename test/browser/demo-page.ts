import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions, Locator, Page, Request } from "playwright-core";
import { expect, inject } from "vitest";
import { complaintsOf, launchChromium } from "./chromium.js";
import { type Served, serve } from "./serve.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AXE = join(ROOT, "node_modules/axe-core/axe.min.js");

/** Accuracy in percent and spikes of activation, timing and ANTLR after an epoch. */
export interface Row {
  accuracy: number[];
  spikes: number[];
}

/** The demo, built and served, in a browser. */
export class Demo implements AsyncDisposable {
  readonly browser: Browser;
  readonly #served: Served;

  private constructor(browser: Browser, served: Served) {
    this.browser = browser;
    this.#served = served;
  }

  /** @param flags of the browser, on top of those that all tests use. */
  static async serve(flags: readonly string[] = []): Promise<Demo> {
    return new Demo(await launchChromium(flags), await serve(inject("demoFolder")));
  }

  /** Opens the race and waits until it has reached a state. */
  async open(options: BrowserContextOptions, state = "ready", prepare?: (page: Page) => Promise<unknown>): Promise<DemoPage> {
    const opened = await this.#openPage("race", options, prepare);
    await opened.reached(state);
    return opened;
  }

  /** Opens another page and waits until it is ready, or learns by itself; `fragment` begins with `#`. */
  async enter(
    room: "index" | "teach" | "listen" | "race" | "bench" | "kernels",
    options: BrowserContextOptions,
    prepare?: (page: Page) => Promise<unknown>,
    state = "ready",
    fragment = "",
  ): Promise<DemoPage> {
    const opened = await this.#openPage(room, options, prepare, fragment);
    if (room === "bench") await opened.page.waitForSelector("html[data-ready]");
    else if (options.javaScriptEnabled !== false)
      await opened.reached(state, ...(room === "index" ? ["learning", "learnt"] : []));
    return opened;
  }

  /** Opens the playground at an address and waits until it has reached a state. */
  async play(fragment: string, options: BrowserContextOptions, state = "learnt"): Promise<DemoPage> {
    const opened = await this.#openPage("index", options, undefined, fragment);
    await opened.reached(state);
    return opened;
  }

  async #openPage(
    room: string,
    options: BrowserContextOptions,
    prepare?: (page: Page) => Promise<unknown>,
    fragment = "",
  ): Promise<DemoPage> {
    // What a service worker fetches would count as what the page needs; test/browser/offline.test.ts has one.
    const page = await this.browser.newPage({ serviceWorkers: "block", ...options });
    const opened = new DemoPage(page, complaintsOf(page));
    await prepare?.(page);
    await page.goto(`${this.#served.url}${room}.html${fragment}`);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.#served[Symbol.asyncDispose]();
  }
}

type TouchType = "touchStart" | "touchMove" | "touchEnd";

/** What a visitor sees and does. */
export class DemoPage {
  readonly page: Page;
  /** Errors of the console and what nobody caught. */
  readonly complaints: readonly string[];
  /** What the page asked for over the network. */
  readonly requests: readonly Request[];

  constructor(page: Page, complaints: readonly string[]) {
    this.page = page;
    this.complaints = complaints;
    const requests: Request[] = [];
    page.on("request", (request) => requests.push(request));
    this.requests = requests;
  }

  /** Requests but those for files of the page itself. */
  sent(): string[] {
    const { origin } = new URL(this.page.url());
    const isOwn = (request: Request) =>
      request.method() === "GET" && /^(data|blob):/.test(request.url().replace(origin, "data:"));
    return this.requests.filter((request) => !isOwn(request)).map((request) => `${request.method()} ${request.url()}`);
  }

  /** Bytes of everything that has come, as a server that compresses would send it. */
  async travelled(): Promise<number> {
    const isFile = (request: Request) => request.url().startsWith("http");
    const bodies = this.requests.filter(isFile).map(async (request) => (await request.response())?.body());
    return (await Promise.all(bodies)).reduce((sum, body) => sum + (body ? gzipSync(body).length : 0), 0);
  }

  async reached(...states: readonly string[]): Promise<void> {
    await this.page.waitForSelector(states.map((state) => `html[data-state=${state}]`).join());
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).textContent()) ?? "";
  }

  /** The table below the curves. */
  numbers(): Promise<Row[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll("#numbers tr")].map((row) => {
        const cells = [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent));
        return { accuracy: [0, 2, 4].map((k) => cells[k] ?? 0), spikes: [1, 3, 5].map((k) => cells[k] ?? 0) };
      }),
    );
  }

  /** Updates that each network has made, as the page says. */
  async updates(): Promise<number> {
    return Number(/update (\d+)/.exec(await this.text("#state"))?.[1] ?? 0);
  }

  async trained(epochs: number): Promise<void> {
    await expect.poll(async () => (await this.numbers()).length).toBeGreaterThan(epochs);
  }

  /** Keeps every text that an element shows from now on, so that one which is soon replaced is not missed. */
  async record(selector: string): Promise<() => Promise<string[]>> {
    const texts = await this.page.evaluateHandle((selector) => {
      const texts: string[] = [];
      const element = document.querySelector(selector);
      const keep = () => texts.push(element?.textContent ?? "");
      new MutationObserver(keep).observe(element ?? document, { childList: true, characterData: true, subtree: true });
      return texts;
    }, selector);
    return () => texts.jsonValue();
  }

  /** Lets frames of the page pass, in which everything that is due is drawn. */
  async frames(count: number): Promise<void> {
    await this.page.evaluate(async (count) => {
      for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
    }, count);
  }

  /** Draws a line through places, in shares of the pad. */
  async draw(...places: readonly (readonly [x: number, y: number])[]): Promise<void> {
    const onPad = await this.onPad();
    const { mouse } = this.page;
    for (const [k, place] of places.entries()) {
      const { x, y } = onPad(place);
      await mouse.move(x, y, { steps: places.length > 8 ? 2 : 8 });
      if (k === 0) await mouse.down();
    }
    await mouse.up();
  }

  /** Where on the screen a place is that is given in shares of the pad. */
  async onPad(): Promise<(place: readonly [x: number, y: number]) => { x: number; y: number }> {
    const pad = this.page.locator("#pad canvas");
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (box === null) throw new Error("the pad is not to be seen");
    return ([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  }

  /** Puts fingers on the pad, moves them or lifts them; each has a number and a place in shares of the pad. */
  async touch(): Promise<(type: TouchType, fingers: Readonly<Record<number, readonly [x: number, y: number]>>) => Promise<void>> {
    const onPad = await this.onPad();
    const session = await this.page.context().newCDPSession(this.page);
    return async (type, fingers) => {
      const touchPoints = Object.entries(fingers).map(([id, place]) => ({ ...onPad(place), id: Number(id) }));
      await session.send("Input.dispatchTouchEvent", { type, touchPoints });
    };
  }

  /** Whether the answer of Teach is in one screen with the whole pad. */
  answerIsBesidePad(): Promise<boolean> {
    return this.page.evaluate(() => {
      document.querySelector("#prompt")?.scrollIntoView();
      const [pad, answer] = ["#pad", "#answer"].map((id) => document.querySelector(id)?.getBoundingClientRect() ?? new DOMRect());
      return (
        pad !== undefined && answer !== undefined && pad.top >= 0 && answer.bottom <= innerHeight && answer.top - pad.bottom < 24
      );
    });
  }

  /** Rules of accessibility that the page breaks, and where. */
  async barriers(): Promise<string[]> {
    // Into the page itself: its policy lets in no script of others.
    await this.page.evaluate(await readFile(AXE, "utf8"));
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
    });
  }

  /** Regions with a scroll bar of their own that not every browser lets the keyboard reach. */
  unreachableScrollers(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("main *")]
        .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflow) && element.tabIndex < 0)
        .map(({ tagName, className }) => `${tagName} ${className}`),
    );
  }

  /** Pairs of words in one figure that lie on each other, and words that leave the page. */
  collisions(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll("svg.figure")].flatMap((figure) => {
        const words = [...figure.querySelectorAll("text")].map((text) => ({
          text: text.textContent ?? "",
          box: text.getBoundingClientRect(),
        }));
        const outside = words.filter(({ box }) => box.left < 0 || box.right > innerWidth).map(({ text }) => text);
        const pairs = words.flatMap(({ text, box: a }, k) =>
          words
            .slice(k + 1)
            // Boxes of lines are higher than their letters.
            .filter(({ box: b }) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
            .map((other) => `${text} / ${other.text}`),
        );
        return [...outside, ...pairs];
      }),
    );
  }
}
