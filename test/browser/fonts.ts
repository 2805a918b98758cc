import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const INTER = fileURLToPath(
  new URL("../../node_modules/vitepress/dist/client/theme-default/fonts/inter-roman-latin.woff2", import.meta.url),
);

/** Fonts by name, as what they make of the letters of one that the tests bring along. */
export const FONTS = {
  "one with short lines": { ascentOverride: "97%", descentOverride: "24%" },
  "one with high lines": { ascentOverride: "130%", descentOverride: "48%" },
  "one with wide letters": { ascentOverride: "112%", descentOverride: "35%", sizeAdjust: "122%" },
} as const satisfies Record<string, FontFaceDescriptors & { sizeAdjust?: string }>;

/** Makes a page use a font, whatever this machine has. */
export async function useFont(page: Page, font: keyof typeof FONTS): Promise<void> {
  await page.addInitScript(
    ([letters, descriptors]) => {
      const bytes = Uint8Array.from(atob(letters), (character) => character.charCodeAt(0));
      document.fonts.add(new FontFace("Tried", bytes, { weight: "100 900", ...descriptors }));
      const style = new CSSStyleSheet();
      style.replaceSync("* { font-family: Tried !important; }");
      document.adoptedStyleSheets = [style];
    },
    [(await readFile(INTER)).toString("base64"), FONTS[font]] as const,
  );
}
