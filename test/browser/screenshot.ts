import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Where screenshots of the demo for the documentation go: `SPIKELET_SCREENSHOTS=docs/figures npx vitest run test/browser`. */
export const SCREENSHOTS = process.env["SPIKELET_SCREENSHOTS"];

const SIZE = { width: 1680, height: 1050 };

/** Keeps a whole page as it is seen now, where the environment names a folder. */
export async function keepPage(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** Keeps what a wide window shows of a page, where the environment names a folder. */
export async function keepScreenshot(page: Page, name: string, height = SIZE.height): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  const before = page.viewportSize();
  await page.setViewportSize({ ...SIZE, height });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const png = (await page.screenshot()).toString("base64");
  // Chromium writes the format that the pages use; playwright does not.
  const webp = await page.evaluate(async (png) => {
    // The policy of the pages lets them fetch no data: address.
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.85 })).arrayBuffer());
    return Array.from(bytes);
  }, png);
  await writeFile(join(SCREENSHOTS, `${name}.webp`), Uint8Array.from(webp));
  if (before !== null) await page.setViewportSize(before);
}
