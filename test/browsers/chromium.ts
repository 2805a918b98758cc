import { launchChromium } from "../browser/chromium.js";
import { type TriedBrowser, WINDOW } from "./browser.js";

export async function openChromium(): Promise<TriedBrowser> {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: WINDOW });
  return {
    name: "Chromium",
    version: browser.version().replace(/\..*/, ""),
    goto: async (url) => void (await page.goto(url)),
    evaluate: (work, ...args) => page.evaluate(`(${work})(...${JSON.stringify(args)})`),
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
