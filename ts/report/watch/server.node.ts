import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { SpikeletError } from "../../errors.js";
import { openPlain } from "../../io/plain-file.node.js";
import { policyOf } from "../page.js";
import { watchPage } from "./watch-page.js";
import type { Watched } from "./watched.js";

/** Address of the server, which only programs of this machine can reach. */
const HOST = "127.0.0.1";
/** Host names under which requests are answered: a page of another site has another one. */
const NAMES: ReadonlySet<string> = new Set([HOST, "localhost"]);
/** Milliseconds between two looks at the training, while somebody watches. */
const PACE = 500;

/** Policy by which no other page may show a page of the server within its own. */
const FRAMES = "frame-ancestors 'none'";

/** What a browser lets a file of the folder do, whoever wrote it: be shown as it is, no script, no address. */
const FILE_POLICY = `${policyOf()}; sandbox; ${FRAMES}`;

/** Shows a training to a browser on this machine, brought up to date as it changes. */
export class WatchServer implements AsyncDisposable {
  readonly url: string;
  readonly #watched: Watched;
  readonly #server: Server;
  readonly #watchers = new Set<ServerResponse>();
  #mark = "";
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();

  private constructor(watched: Watched, server: Server) {
    this.#watched = watched;
    this.#server = server;
    this.url = `http://${HOST}:${(server.address() as AddressInfo).port}/`;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  /**
   * @param port 0 for any that is free.
   * @throws {SpikeletError} `CONFIG_INVALID` for a port that is taken or not allowed.
   */
  static async start(watched: Watched, port: number): Promise<WatchServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => {
        reject(new SpikeletError("CONFIG_INVALID", "port", `${port} can't be used (${cause.message}): give another`, cause));
      });
      server.listen(port, HOST, resolve);
    });
    return new WatchServer(watched, server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Content-Security-Policy", `default-src 'none'; ${FRAMES}`);
    const { host = "" } = request.headers;
    if (!NAMES.has(host.replace(/:\d+$/, ""))) return refuse(response, 403, "ask 127.0.0.1 or localhost");
    const [pathname = ""] = (request.url ?? "").split("?");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "only GET");
    if (pathname === "/") return this.#page(response);
    if (pathname === "/changes") return this.#watch(response);
    const known = this.#watched.files.get(pathname.slice(1));
    if (known === undefined) return refuse(response, 404, "there is no such page");
    const file = await openPlain(known.path).catch(() => undefined);
    if (file === undefined) return refuse(response, 404, "does not exist yet");
    response.setHeader("Content-Type", `${known.type}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", FILE_POLICY);
    // The browser that asked may go away meanwhile.
    await pipeline(file.createReadStream(), response).catch(() => response.destroy());
  }

  async #page(response: ServerResponse): Promise<void> {
    const nonce = randomBytes(16).toString("base64");
    try {
      const watched = this.#watched;
      const run = await this.#oneAtATime(() => watched.read());
      const answers = await watched.answers();
      const { name, lost } = watched;
      const text = watchPage({ name, lost, run, answers, nonce, files: watched.listed() });
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Content-Security-Policy", `${policyOf(nonce)}; ${FRAMES}`);
      response.end(text);
    } catch (thrown) {
      refuse(response, 500, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  /** Starts `work` once all earlier work has ended. */
  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#looking.then(work);
    this.#looking = result.catch(() => undefined);
    return result;
  }

  /** Sends every change until the browser disconnects. */
  async #watch(response: ServerResponse): Promise<void> {
    response.on("close", () => this.#removeWatcher(response));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": watching\n\n");
    if (this.#watchers.size === 0) this.#mark = await this.#watched.mark();
    if (response.destroyed) return;
    this.#watchers.add(response);
    this.#timer ??= setInterval(() => void this.#look(), PACE).unref();
  }

  #removeWatcher(watcher: ServerResponse): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const mark = await this.#watched.mark();
    if (mark === this.#mark) return;
    this.#mark = mark;
    for (const watcher of this.#watchers) watcher.write("data: changed\n\n");
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${why}\n`);
}
