import puppeteer from "puppeteer-core";
import { PATIENCE } from "../support/patience.js";
import { programOf, type TriedBrowser, WINDOW } from "./browser.js";

/** Path of Firefox, where it is on this machine. */
export function findFirefox(): string | undefined {
  return process.env["FIREFOX"] ?? programOf("firefox-esr") ?? programOf("firefox");
}

export async function openFirefox(executablePath: string): Promise<TriedBrowser> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    defaultViewport: WINDOW,
    timeout: PATIENCE / 2,
    protocolTimeout: PATIENCE / 2,
  });
  const page = await browser.newPage();
  return {
    name: "Firefox",
    version: /[\d.]+/.exec(await browser.version())?.[0] ?? "",
    goto: async (url) => void (await page.goto(url, { timeout: PATIENCE / 2 })),
    evaluate: (work, ...args) => page.evaluate(`(${work})(...${JSON.stringify(args)})`) as never,
    async draw([first, ...others]) {
      if (first === undefined) return;
      await page.mouse.move(first.x, first.y);
      await page.mouse.down();
      for (const { x, y } of others) await page.mouse.move(x, y);
      await page.mouse.up();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
