import { expect, it } from "vitest";
import { decodeImage } from "../../ts/io/decode-image.browser.js";

it("an image is refused in words where the runtime decodes none, as those of edges", async () => {
  const refused = { code: "DATA_FORMAT", message: expect.stringContaining("no decoder of images") };
  await expect(decodeImage(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).rejects.toMatchObject(refused);
});
