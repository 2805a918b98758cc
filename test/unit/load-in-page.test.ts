import { afterEach, expect, it, vi } from "vitest";
import { load } from "../../ts/io/files.browser.js";

const FILE = "/net.safetensors";
const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError("the connection broke off")) });

afterEach(() => void vi.unstubAllGlobals());

it("a file is fetched", async () => {
  vi.stubGlobal("fetch", async () => new Response(Uint8Array.of(1, 2)));
  expect(await load(FILE)).toEqual(Uint8Array.of(1, 2));
});

it.each<[string, () => Promise<Response>]>([
  ["404 Not Found", async () => new Response("", { status: 404, statusText: "Not Found" })],
  ["no network", () => Promise.reject(new TypeError("no network"))],
  ["the connection broke off", async () => new Response(broken)],
])("a file that does not come is an error with its name: %s", async (reason, answer) => {
  vi.stubGlobal("fetch", answer);
  await expect(load(FILE)).rejects.toMatchObject({
    name: "SpikeletError",
    code: "DATA_FORMAT",
    path: FILE,
    message: `${FILE}: can't be fetched (${reason})`,
  });
});
