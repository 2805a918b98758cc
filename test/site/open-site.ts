import type { Browser } from "playwright-core";
import { SITE } from "../../scripts/site.mjs";
import { launchChromium } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";

/** The site, served, and a browser to look at it. */
export interface OpenSite extends AsyncDisposable {
  readonly url: string;
  readonly browser: Browser;
}

export async function openSite(): Promise<OpenSite> {
  const [served, browser] = [await serve(SITE), await launchChromium()];
  return {
    url: served.url,
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await served[Symbol.asyncDispose]();
    },
  };
}
