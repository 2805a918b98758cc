import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { SpikeletError } from "../../errors.js";
import { openPlain } from "../../io/plain-file.node.js";
import { loadPlots } from "../../report/plots.js";
import { describe } from "../exit.js";
import type { LatestAnswers, SampleAnswers } from "./latest-answers.js";
import { watchPage } from "./watch-page.js";
import { WatchedRun } from "./watched-run.js";

/** Address of the server, which only programs of this machine can reach. */
const HOST = "127.0.0.1";
/** Host names under which requests are answered: a page of another site has another one. */
const NAMES: ReadonlySet<string> = new Set([HOST, "localhost"]);
/** Milliseconds between two looks at the folder, while somebody watches. */
const PACE = 500;

/** The files of a run that are served, and nothing else. */
const FILES: Readonly<Record<string, { file: "events" | "history" | "report" | "page"; type: string }>> = {
  "/events.ndjson": { file: "events", type: "application/x-ndjson" },
  "/history.csv": { file: "history", type: "text/csv" },
  "/report.json": { file: "report", type: "application/json" },
  "/report.html": { file: "page", type: "text/html" },
};

/** Policy by which no other page may show a page of the server within its own. */
const FRAMES = "frame-ancestors 'none'";

/** What a browser lets a file of the folder do, whoever wrote it: be shown as it is, no script, no address. */
const FILE_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; ${FRAMES}`;

/** Shows the training in a folder to a browser on this machine, brought up to date as its files change. */
export class WatchServer implements AsyncDisposable {
  readonly url: string;
  readonly #run: WatchedRun;
  readonly #latestAnswers: LatestAnswers;
  readonly #server: Server;
  readonly #watchers = new Set<ServerResponse>();
  #mark = "";
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();

  private constructor(run: WatchedRun, latestAnswers: LatestAnswers, server: Server) {
    this.#run = run;
    this.#latestAnswers = latestAnswers;
    this.#server = server;
    this.url = `http://${HOST}:${(server.address() as AddressInfo).port}/`;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  /**
   * @param port 0 for any that is free.
   * @throws {SpikeletError} `CONFIG_INVALID` for a port that is taken or not allowed.
   */
  static async start(dir: string, latestAnswers: LatestAnswers, port: number): Promise<WatchServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) => {
        reject(new SpikeletError("CONFIG_INVALID", "--port", `${port} can't be used (${cause.message}): give another`, cause));
      });
      server.listen(port, HOST, resolve);
    });
    return new WatchServer(new WatchedRun(dir), latestAnswers, server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Content-Security-Policy", FRAMES);
    const { host = "" } = request.headers;
    if (!NAMES.has(host.replace(/:\d+$/, ""))) return refuse(response, 403, "ask 127.0.0.1 or localhost");
    const [pathname = ""] = (request.url ?? "").split("?");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "only GET");
    if (pathname === "/") return this.#page(response);
    if (pathname === "/changes") return this.#watch(response);
    const known = Object.hasOwn(FILES, pathname) ? FILES[pathname] : undefined;
    if (known === undefined) return refuse(response, 404, "there is no such page");
    const file = await openPlain(this.#run.files[known.file]).catch(() => undefined);
    if (file === undefined) return refuse(response, 404, "does not exist yet");
    response.setHeader("Content-Type", `${known.type}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", FILE_POLICY);
    // The browser that asked may go away meanwhile.
    await pipeline(file.createReadStream(), response).catch(() => response.destroy());
  }

  async #page(response: ServerResponse): Promise<void> {
    const nonce = randomBytes(16).toString("base64");
    try {
      const run = await this.#oneAtATime(() => this.#run.read());
      const [plots, answers] = await Promise.all([loadPlots(), this.#answers()]);
      const { dir, report } = this.#run.files;
      const text = watchPage({ dir, run, answers, plots, nonce, hasReport: existsSync(report) });
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(text);
    } catch (thrown) {
      refuse(response, 500, describe(thrown).message);
    }
  }

  /** Starts `work` once all earlier work has ended. */
  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#looking.then(work);
    this.#looking = result.catch(() => undefined);
    return result;
  }

  async #answers(): Promise<SampleAnswers | string> {
    if (!existsSync(this.#run.files.last)) return "There is no checkpoint yet.";
    return this.#latestAnswers.read().catch((thrown) => `Samples can't be shown: ${describe(thrown).message}`);
  }

  /** Sends every change until the browser disconnects. */
  async #watch(response: ServerResponse): Promise<void> {
    response.on("close", () => this.#removeWatcher(response));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": watching\n\n");
    if (this.#watchers.size === 0) this.#mark = await this.#run.mark();
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
    const mark = await this.#run.mark();
    if (mark === this.#mark) return;
    this.#mark = mark;
    for (const watcher of this.#watchers) watcher.write("data: changed\n\n");
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${why}\n`);
}
