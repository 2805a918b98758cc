import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { type FileHandle, link, lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { datasets } from "spikelet";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { download } from "../../ts/cli/download/download.js";
import { fetchSet, stateOf } from "../../ts/cli/download/folder.js";
import { unzip } from "../../ts/cli/download/unzip.js";
import { addressesOf } from "../../ts/cli/sets/published.js";
import { PUBLISHED } from "../../ts/cli/sets.js";
import type { PublishedSet } from "../../ts/datasets/published.js";
import { type FileServer, fileServer } from "../support/file-server.js";
import { emptyFolder, MAIN, spikelet } from "../support/spawn-cli.js";

/** Debian's package dataset-fashion-mnist; the test that needs it is skipped where it is not installed. */
const FASHION = "/usr/share/datasets/fashion-mnist";

const content = Uint8Array.from({ length: 200_000 }, (_, k) => (k * k) % 251);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const quick = { pause: 1 };

let server: FileServer;
let dir = "";

beforeEach(async () => {
  server = await fileServer();
  dir = await mkdtemp(join(tmpdir(), "spikelet-download-"));
});
afterEach(() => server.close());
afterEach(() => vi.restoreAllMocks());

/** Lets files take half of the bytes of each `write`, as a system may. */
async function writeHalf(): Promise<void> {
  const file = await open(join(await mkdtemp(join(tmpdir(), "spikelet-")), "file"), "w");
  const prototype: { write(bytes: Uint8Array, offset?: number, length?: number): Promise<unknown> } = Object.getPrototypeOf(file);
  await file.close();
  const { write } = prototype;
  vi.spyOn(prototype, "write").mockImplementation(function (this: FileHandle, bytes) {
    return write.call(this, bytes, 0, Math.ceil(bytes.length / 2));
  });
}

describe("a download", () => {
  const part = () => join(dir, ".a.bin.part");
  beforeEach(() => {
    server.written = () => (existsSync(part()) ? statSync(part()).size : 0);
  });

  const remoteFile = () => ({
    name: "a.bin",
    md5: md5(content),
    sha256: sha256(content),
    maxBytes: 300_000,
    urls: [`${server.url}a.bin`],
  });

  it("appears under its name when it is whole and right", async () => {
    server.files.set("/a.bin", content);
    const seen: number[] = [];
    await download(remoteFile(), dir, { onProgress: ({ bytes, all }) => seen.push(bytes / all) });
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
    expect(await readdir(dir)).toEqual(["a.bin"]);
    expect(seen.at(-1)).toBe(1);
  });

  it("is whole where a file takes less than it is given", async () => {
    server.files.set("/a.bin", content);
    await writeHalf();
    await download(remoteFile(), dir, quick);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
  });

  it("goes on where the connection broke", async () => {
    server.files.set("/a.bin", content);
    server.breaks = [70_000, 50_000];
    await download(remoteFile(), dir, quick);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
    const starts = server.requests.map((request) => Number(/bytes=(\d+)-/.exec(request)?.[1] ?? 0));
    expect(starts).toEqual([0, 70_000, 120_000]);
  });

  it("goes on in a later call", async () => {
    server.files.set("/a.bin", content);
    server.breaks = [70_000];
    await expect(download(remoteFile(), dir, { attempts: 1 })).rejects.toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: join(dir, "a.bin") }),
    );
    expect(await readdir(dir)).toEqual([".a.bin.part"]);
    await download(remoteFile(), dir, quick);
    expect(server.requests.at(-1)).toBe("GET /a.bin bytes=70000-");
    expect(await readdir(dir)).toEqual(["a.bin"]);
  });

  it("begins anew where what was there is of another file", async () => {
    server.files.set("/a.bin", content);
    await writeFile(part(), content.slice(0, 70_000).fill(7, 0, 9));
    await download(remoteFile(), dir, quick);
    expect(server.requests).toEqual(["GET /a.bin bytes=70000-", "GET /a.bin"]);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
  });

  it("does not follow a link in the place of its part", async () => {
    server.files.set("/a.bin", content);
    const victim = join(await mkdtemp(join(tmpdir(), "spikelet-")), "precious");
    await writeFile(victim, "precious");
    await symlink(victim, join(dir, ".a.bin.part"));
    await download(remoteFile(), dir, quick);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
    expect(await readFile(victim, "utf8")).toBe("precious");
    expect((await lstat(join(dir, "a.bin"))).isFile()).toBe(true);
  });

  it.skipIf(process.platform === "win32")("writes into no file that has another name, and waits for no pipe", async () => {
    server.files.set("/a.bin", content);
    const victim = join(dir, "precious");
    await writeFile(victim, "precious");
    await link(victim, part());
    await download(remoteFile(), dir, quick);
    expect(await readFile(victim, "utf8")).toBe("precious");
    await rm(join(dir, "a.bin"));
    expect(spawnSync("mkfifo", [part()]).status).toBe(0);
    await download(remoteFile(), dir, quick);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
  });

  it("starts again where the server knows no ranges", async () => {
    server.files.set("/a.bin", content);
    server.knowsRanges = false;
    server.breaks = [70_000];
    await download(remoteFile(), dir, quick);
    expect(md5(await readFile(join(dir, "a.bin")))).toBe(md5(content));
  });

  it("takes what is complete already, and throws away what is longer than the file", async () => {
    server.files.set("/a.bin", content);
    await writeFile(join(dir, ".a.bin.part"), content);
    await download(remoteFile(), dir, quick);
    expect(server.requests).toEqual(["GET /a.bin bytes=200000-"]);
    await writeFile(join(dir, ".a.bin.part"), new Uint8Array(300_000));
    await download(remoteFile(), dir, quick);
    expect(server.requests.slice(1)).toEqual(["GET /a.bin bytes=300000-", "GET /a.bin"]);
  });

  it("refuses another content and leaves nothing", async () => {
    server.files.set("/a.bin", content.slice().fill(7, 0, 9));
    await expect(download(remoteFile(), dir, quick)).rejects.toThrow(
      expect.objectContaining({ code: "CHECKSUM_MISMATCH", message: expect.stringContaining(sha256(content)) }),
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it("turns to the next mirror where a file is missing or wrong", async () => {
    server.files.set("/wrong/a.bin", content.slice(1));
    server.files.set("/right/a.bin", content);
    const urls = ["missing/a.bin", "wrong/a.bin", "right/a.bin"].map((path) => server.url + path);
    await download({ ...remoteFile(), urls }, dir, quick);
    expect(server.requests.map((request) => request.split(" ")[1])).toEqual(["/missing/a.bin", "/wrong/a.bin", "/right/a.bin"]);
    expect(await readdir(dir)).toEqual(["a.bin"]);
  });

  it("names every address that failed", async () => {
    const urls = [`${server.url}none`, "http://127.0.0.1:9/none"];
    const failure = download({ ...remoteFile(), urls }, dir, { attempts: 2, pause: 1 });
    await expect(failure).rejects.toThrow(/none: answered 404; http:\/\/127\.0\.0\.1:9\/none: \S/);
  });

  it("is left where a server sends more than the file has", async () => {
    server.files.set("/long/a.bin", new Uint8Array(400_000));
    server.files.set("/right/a.bin", content);
    const urls = ["long/a.bin", "right/a.bin"].map((path) => server.url + path);
    await download({ ...remoteFile(), maxBytes: content.length, urls }, dir, quick);
    expect(server.requests).toEqual(["GET /long/a.bin", "GET /right/a.bin"]);
    const tooLong = download({ ...remoteFile(), name: "b.bin", maxBytes: 1000, urls: urls.slice(1) }, dir, quick);
    await expect(tooLong).rejects.toThrow(/sends more than the 1000 bytes/);
    expect(await readdir(dir)).toEqual(["a.bin"]);
  });

  it("compares SHA-256 where it is known: a file with the right MD5 alone is refused", async () => {
    server.files.set("/a.bin", content);
    await expect(download({ ...remoteFile(), sha256: sha256(content.slice(1)) }, dir, quick)).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
    });
  });

  it("does not follow an address from https to http where no SHA-256 would show a change", async () => {
    const body = { cancel: async () => undefined };
    const led = { ok: true, status: 200, url: "http://elsewhere/a.bin", headers: new Headers(), body };
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(led as unknown as Response);
    const unknown = { ...remoteFile(), sha256: undefined, urls: ["https://publisher/a.bin"] };
    await expect(download(unknown, dir, quick)).rejects.toThrow(/leads to http:\/\/elsewhere\/a\.bin/);
    fetched.mockRestore();
    expect(await readdir(dir)).toEqual([]);
  });

  it("stops at an abort and keeps what is there", async () => {
    server.files.set("/a.bin", content);
    server.breaks = [70_000];
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    await expect(download(remoteFile(), dir, { signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(await readdir(dir)).toEqual([".a.bin.part"]);
  });
});

describe("an archive", () => {
  it("is unpacked as a whole", async () => {
    const tree = { "Train/0/1.bin": content, "Train/1/2.bin": content.slice(5), "other.txt": content };
    const archive = join(dir, "a.zip");
    await writeFile(archive, zipSync(tree));
    await unzip(archive, dir, "Train");
    expect((await readdir(dir)).sort()).toEqual(["Train", "a.zip"]);
    expect(md5(await readFile(join(dir, "Train/1/2.bin")))).toBe(md5(content.slice(5)));
  });

  it("is unpacked as a whole where a file takes less than it is given", async () => {
    const archive = join(dir, "a.zip");
    await writeFile(archive, zipSync({ "Train/0/1.bin": content }));
    await writeHalf();
    await unzip(archive, dir, "Train");
    expect(md5(await readFile(join(dir, "Train/0/1.bin")))).toBe(md5(content));
  });

  it("leaves nothing when it is damaged, without what is wanted, or leads out of the folder", async () => {
    const archive = join(dir, "a.zip");
    const refused = (message: string) =>
      expect(unzip(archive, dir, "Train")).rejects.toThrow(
        expect.objectContaining({ code: "DATA_FORMAT", message: expect.stringContaining(message) }),
      );
    const whole = zipSync({ "Train/0/1.bin": content });
    await writeFile(archive, whole.slice(0, whole.length / 3));
    await refused("damaged archive");
    await writeFile(archive, zipSync({ "Test/0/1.bin": content }));
    await refused("does not contain Train");
    await writeFile(archive, zipSync({ "Train/../../../out.bin": content }));
    await refused("leads out of the folder");
    expect(await readdir(dir)).toEqual(["a.zip"]);
    expect(existsSync(join(dir, "../out.bin"))).toBe(false);
  });

  it("is not blamed for what stands in the place of its content", async () => {
    const archive = join(dir, "a.zip");
    await writeFile(archive, zipSync({ "Train/0/1.bin": content }));
    await mkdir(join(dir, "Train"));
    await writeFile(join(dir, "Train/own.txt"), "precious");
    await expect(unzip(archive, dir, "Train")).rejects.toThrow(/^E[A-Z]+: .*Train/);
    expect((await readdir(dir)).sort()).toEqual(["Train", "a.zip"]);
  });
});

describe("a data set", () => {
  const packed = gzipSync(content);
  const archive = zipSync({ "Test/0/1.bin": content });
  const set = (): PublishedSet => ({
    title: "a set",
    source: "",
    licence: "",
    samples: { train: 1, test: 1 },
    size: 1_000_000,
    mirrors: [`${server.url}first/`, `${server.url}second/`],
    files: [
      { name: "images.gz", md5: md5(packed), sha256: sha256(packed), contentMd5: md5(content) },
      { name: "Test.zip", md5: md5(archive), sha256: sha256(archive), unpacksTo: "Test" },
    ],
  });

  it("is fetched once, from the mirror that has it", async () => {
    server.files.set("/second/images.gz", packed).set("/first/Test.zip", archive);
    const done: string[] = [];
    const options = { ...quick, onFile: ({ name }: { name: string }, what: string) => done.push(`${name} ${what}`) };
    await fetchSet(set(), dir, options);
    await fetchSet(set(), dir, options);
    expect(done).toEqual(["images.gz fetched", "Test.zip fetched", "images.gz present", "Test.zip present"]);
    expect(server.requests).toHaveLength(3);
    expect(md5(await readFile(join(dir, "Test/0/1.bin")))).toBe(md5(content));
  });

  it("is read from where it was unpacked", async () => {
    const idx = (shape: number[], data: number[]) =>
      gzipSync(Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length]), ...data));
    const name = (part: string, kind: string) => `gzip/emnist-balanced-${part}-${kind}-ubyte.gz`;
    const archived = zipSync({
      [name("train", "images-idx3")]: idx([2, 2, 3], [10, 11, 12, 20, 21, 22, 1, 2, 3, 4, 5, 6]),
      [name("train", "labels-idx1")]: idx([2], [46, 0]),
      [name("test", "images-idx3")]: idx([1, 2, 3], [7, 8, 9, 70, 80, 90]),
      [name("test", "labels-idx1")]: idx([1], [3]),
    });
    server.files.set("/first/gzip.zip", archived);
    const { published } = datasets.emnist;
    const files = published.files.map((file) => ({ ...file, md5: md5(archived), sha256: sha256(archived) }));
    await fetchSet({ ...published, mirrors: [`${server.url}first/`], files }, dir, quick);
    const data = await datasets.emnist({ dir });
    expect(data.info).toMatchObject({ name: "emnist", shape: [3, 2], testSamples: 1 });
    expect(Array.from(data.labels ?? [])).toEqual([46, 0, 3]);
    const images = [0, 1, 2].map((sample) => Array.from(data.image(sample) ?? [], (value) => Math.round(255 * value)));
    expect(images).toEqual([
      [10, 20, 11, 21, 12, 22],
      [1, 4, 2, 5, 3, 6],
      [7, 70, 8, 80, 9, 90],
    ]);
    await rm(join(dir, "gzip"), { recursive: true });
    await expect(datasets.emnist({ dir })).rejects.toThrow(
      expect.objectContaining({ code: "DATA_FORMAT", path: join(dir, "gzip") }),
    );
  });

  it("is fetched once by two that fetch at the same time", async () => {
    server.files.set("/first/images.gz", packed).set("/first/Test.zip", archive);
    const done: string[] = [];
    const onFile = ({ name }: { name: string }, what: string) => done.push(`${name} ${what}`);
    await Promise.all([fetchSet(set(), dir, { ...quick, onFile }), fetchSet(set(), dir, { ...quick, onFile })]);
    expect(done.sort()).toEqual(["Test.zip fetched", "Test.zip present", "images.gz fetched", "images.gz present"]);
    expect(server.requests).toHaveLength(2);
    expect((await readdir(dir)).sort()).toEqual(["Test", "Test.zip", "images.gz"]);
  });

  it("is fetched over https first, and over http only where its SHA-256 is known", () => {
    for (const published of PUBLISHED.values()) {
      for (const file of published.files) {
        const secure = addressesOf(published, file).map((address) => address.startsWith("https:"));
        expect([...secure].sort((a, b) => Number(b) - Number(a))).toEqual(secure);
        const sum = file.sha256 ?? file.contentsSha256;
        if (sum === undefined) expect(secure).not.toContain(false);
        else expect(sum).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    const [{ sha256: _, ...unknown } = { name: "", md5: "" }] = set().files;
    expect(() => addressesOf(set(), unknown, "http://mirror/")).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", path: "--mirror" }),
    );
    expect(addressesOf(set(), unknown, "https://mirror/")).toEqual(["https://mirror/images.gz"]);
  });

  it("is unpacked where only the archive is there", async () => {
    await writeFile(join(dir, "Test.zip"), archive);
    await writeFile(join(dir, "images.gz"), packed);
    await fetchSet(set(), dir, quick);
    expect(server.requests).toEqual([]);
    expect(existsSync(join(dir, "Test/0/1.bin"))).toBe(true);
  });

  it("is told by what its archive holds where the server packs that anew", async () => {
    const files = {
      "set-master/recordings/a.wav": content,
      "set-master/recordings/b.wav": content.slice(9),
      "set-master/x": content,
    };
    const list = `${sha256(content)}  a.wav\n${sha256(content.slice(9))}  b.wav\n`;
    const contentsSha256 = sha256(new TextEncoder().encode(list));
    const file = { name: "set.zip", contentsSha256, inside: "set-master/", unpacksTo: "recordings" };
    const archived: PublishedSet = { ...set(), files: [file] };
    server.files.set("/first/set.zip", zipSync({ ...files, "set-master/recordings/c.wav": content }));
    await expect(fetchSet(archived, dir, quick)).rejects.toThrow(
      expect.objectContaining({ code: "CHECKSUM_MISMATCH", message: expect.stringContaining(contentsSha256) }),
    );
    expect(await readdir(dir)).toEqual(["set.zip"]);
    await rm(join(dir, "set.zip"));
    server.files.set("/first/set.zip", zipSync(files));
    await fetchSet(archived, dir, quick);
    expect((await readdir(join(dir, "recordings"))).sort()).toEqual(["a.wav", "b.wav"]);
    expect(await stateOf(dir, file)).toBe("ok");
    await writeFile(join(dir, "recordings/a.wav"), content.slice(1));
    expect(await stateOf(dir, file)).toBe("wrong");
    await expect(fetchSet(archived, dir, quick)).rejects.toThrow(expect.objectContaining({ code: "CHECKSUM_MISMATCH" }));
    expect(await stateOf(join(dir, "elsewhere"), file)).toBe("missing");
  });

  it("knows the state of every file", async () => {
    const [images, test] = set().files;
    if (!images || !test) throw new Error("the set has two files");
    expect(await stateOf(dir, images)).toBe("missing");
    await writeFile(join(dir, "images"), content);
    expect(await stateOf(dir, images)).toBe("unpacked");
    await writeFile(join(dir, "images.gz"), gzipSync(content, { level: 1 }));
    expect(await stateOf(dir, images)).toBe("repacked");
    await writeFile(join(dir, "images.gz"), packed);
    expect(await stateOf(dir, images)).toBe("ok");
    await writeFile(join(dir, "images.gz"), packed.subarray(1));
    expect(await stateOf(dir, images)).toBe("wrong");
    await expect(fetchSet(set(), dir, quick)).rejects.toThrow(expect.objectContaining({ code: "CHECKSUM_MISMATCH" }));
    expect(await stateOf(dir, test)).toBe("missing");
  });
});

describe("spikelet data", () => {
  it("lists data sets with size, licence, checksums and mirrors", async () => {
    const [report] = (await spikelet(["data", "list", "--json"])).json();
    const sets = report?.["sets"] as { name: string; published: PublishedSet | null }[];
    expect(sets.map(({ name }) => name)).toEqual(expect.arrayContaining(["digits", "mnist", "kmnist", "nmnist", "yinYang"]));
    const fashion = sets.find(({ name }) => name === "fashionMnist")?.published;
    expect(fashion).toMatchObject({ licence: "MIT", samples: { train: 60_000, test: 10_000 } });
    for (const { published } of sets) {
      for (const file of published?.files ?? []) {
        expect(file.contentsSha256 ?? file.md5).toMatch(/^[0-9a-f]{32}([0-9a-f]{32})?$/);
        expect(file.urls?.length).toBeGreaterThan(0);
      }
    }
    expect((await spikelet(["data", "list"])).stdout).toMatch(/fashionMnist.*licence MIT/s);
  });

  it("does not take foreign files for a data set", async () => {
    await writeFile(join(dir, "train-images-idx3-ubyte.gz"), content);
    const verify = await spikelet(["data", "verify", "kmnist", "--dir", dir]);
    expect(verify).toMatchObject({ code: 1, stderr: expect.stringContaining("CHECKSUM_MISMATCH") });
    expect(verify.stdout).toMatch(/train-images\S+\s+differs.*t10k-labels\S+\s+missing/s);
  });

  it("stops at Ctrl-C and leaves what it got", async () => {
    const name = "train-images-idx3-ubyte.gz";
    server.files.set(`/${name}`, content);
    server.holds = 70_000;
    const args = ["data", "fetch", "kmnist", "--dir", dir, "--mirror", server.url];
    const part = join(dir, `.${name}.part`);
    server.onHold = async () => {
      await expect.poll(() => existsSync(part) && statSync(part).size).toBe(server.holds);
      child.kill("SIGINT");
    };
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: emptyFolder(), stdio: "ignore" });
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    expect(await readdir(dir)).toEqual([`.${name}.part`]);
  });

  it.skipIf(!existsSync(FASHION))("finds what is there already, in another packing", async () => {
    const args = ["data", "fetch", "fashionMnist", "--dir", FASHION, "--mirror", server.url, "--json"];
    const { code, json } = await spikelet(args);
    expect(code).toBe(0);
    expect(json()[0]?.["files"]).toEqual(Array.from({ length: 4 }, () => expect.objectContaining({ what: "present" })));
    expect(server.requests).toEqual([]);
    expect(await spikelet(["data", "verify", "fashionMnist", "--dir", FASHION])).toMatchObject({ code: 0 });
  });

  it.skipIf(!existsSync("/proc/self"))("says that its folder can't be made", async () => {
    for (const args of [
      ["fetch", "kmnist", "--dir", "/proc/spikelet/out"],
      ["pack", "yinYang", "--out", "/proc/spikelet/out"],
    ]) {
      const { code, json } = await spikelet(["data", ...args, "--json"]);
      expect(code).toBe(1);
      expect(json()).toMatchObject([{ type: "error", code: "WRITE_FAILED", path: "/proc/spikelet/out" }]);
    }
  });

  it("says what is a folder and should be a file", async () => {
    const folder = join(dir, "train-images-idx3-ubyte.gz");
    await mkdir(folder);
    for (const command of ["fetch", "verify"]) {
      const { code, json } = await spikelet(["data", command, "kmnist", "--dir", dir, "--json"]);
      expect(code).toBe(1);
      expect(json()).toMatchObject([{ type: "error", code: "READ_FAILED", path: folder }]);
    }
  });

  it("says that its folder is a file", async () => {
    const file = join(dir, "file");
    await writeFile(file, "");
    const { code, json } = await spikelet(["data", "fetch", "kmnist", "--dir", file, "--json"]);
    expect(code).toBe(1);
    expect(json()).toMatchObject([{ type: "error", code: "WRITE_FAILED", path: file }]);
  });

  it("refuses what it does not know", async () => {
    expect(await spikelet(["data", "fetch", "fashonMnist"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean fashionMnist?"),
    });
    expect(await spikelet(["data", "shwo"])).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean show?") });
    expect(await spikelet(["data", "verify"])).toMatchObject({ code: 2 });
    expect(await spikelet(["data", "list", "more"])).toMatchObject({ code: 2 });
  });
});
